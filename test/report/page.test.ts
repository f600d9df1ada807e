import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderHtml } from "../../cli/report/html.ts";
import { Browser, findBrowser } from "./browser.ts";
import { hostilePlan, samplePlan } from "./sample-plan.ts";

const OPTIONS = { stackFile: "Pulumi.prod.yaml", rules: 14, schedules: [] };
const SHOWN =
  "[...document.querySelectorAll('#rows > tr:not(.detail)')].filter((row) => row.checkVisibility()).length";

describe("the page in a browser", function () {
  this.timeout(60_000);
  let folder: string;
  let browser: Browser;
  const file = (name: string): string => join(folder, `${name}.html`);

  before(async function () {
    const found = findBrowser();
    if ("reason" in found) {
      console.log(`      skipped: ${found.reason}`);
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "plan-page-files-"));
    writeFileSync(file("sample"), await renderHtml(samplePlan(), OPTIONS));
    writeFileSync(file("hostile"), await renderHtml(hostilePlan(), OPTIONS));
    writeFileSync(file("large"), await renderHtml(samplePlan({ extra: 5000 }), OPTIONS));
    browser = await Browser.start(found.program);
  });

  beforeEach(() => {
    browser.complaints.length = 0;
    browser.requests.length = 0;
  });

  after(async () => {
    // Both are missing where there is no browser.
    await (browser as Browser | undefined)?.close();
    if ((folder as string | undefined) !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("opens from a file without an error, a refused policy or a request to anywhere", async () => {
    await browser.open(file("sample"));
    assert.equal(await browser.evaluate(SHOWN), 37);
    assert.deepEqual(browser.complaints, []);
    assert.deepEqual(
      browser.requests.filter(
        (url) => !url.startsWith("file:") && !url.startsWith("data:") && url !== "about:blank",
      ),
      [],
    );
    assert.equal(browser.requests.filter((url) => url.startsWith("file:")).length, 1);
  });

  it("narrows the rows to what the address asks for", async () => {
    await browser.open(file("sample"), "#q=storage");
    assert.equal(await browser.evaluate(SHOWN), 15);
    assert.equal(
      await browser.evaluate("document.querySelector('#count').textContent"),
      "15 of 37 resources",
    );
    await browser.open(file("sample"), "#part=Network&type=aws%3Aec2%2Fsubnet%3ASubnet");
    assert.equal(await browser.evaluate(SHOWN), 3);
    await browser.open(file("sample"), "#q=10.22.32.0");
    assert.equal(await browser.evaluate(SHOWN), 0);
    await browser.open(file("sample"), "#q=10.22.32.0&inputs=1");
    assert.equal(await browser.evaluate(SHOWN), 1);
  });

  it("searches while typing, keeps the address, clears with Escape: by keyboard alone", async () => {
    await browser.open(file("sample"));
    await browser.press("/");
    await browser.type("Jepsen template");
    assert.equal(await browser.evaluate(SHOWN), 1);
    assert.equal(await browser.evaluate("location.hash"), "#q=Jepsen+template");
    await browser.press("Escape");
    assert.equal(await browser.evaluate(SHOWN), 37);
    assert.equal(await browser.evaluate("location.hash"), "");
    assert.deepEqual(browser.complaints, []);
  });

  it("opens a row to its inputs by keyboard, and closes it", async () => {
    await browser.open(file("sample"), "#q=network-vpc");
    await browser.evaluate("document.querySelector('tr:not([hidden]) button.name').focus()");
    await browser.press("Enter");
    assert.match(
      String(await browser.evaluate("document.querySelector('tr.detail pre').textContent")),
      /"cidrBlock": "10\.22\.0\.0\/16"/,
    );
    assert.equal(await browser.evaluate("document.activeElement.getAttribute('aria-expanded')"), "true");
    await browser.press("Enter");
    assert.equal(await browser.evaluate("document.querySelector('tr.detail').checkVisibility()"), false);
  });

  it("goes from a box of the graph to its resources", async () => {
    await browser.open(file("sample"));
    await browser.evaluate(
      "new Promise((done) => { addEventListener('hashchange', done, { once: true }); location.hash = document.querySelector('.graph .slots a').getAttribute('href'); }).then(() => 0)",
    );
    assert.equal(await browser.evaluate("document.activeElement.id"), "resources");
    assert.ok(Number(await browser.evaluate(SHOWN)) < 37);
  });

  it("sorts by price, dearest first, and says so to screen readers", async () => {
    await browser.open(file("sample"));
    await browser.evaluate("document.querySelector('[data-sort=cost] button').click()");
    assert.equal(
      await browser.evaluate("document.querySelector('#rows button.name').textContent"),
      "budget-daily",
    );
    assert.equal(
      await browser.evaluate("document.querySelector('[data-sort=cost]').getAttribute('aria-sort')"),
      "descending",
    );
  });

  it("never interprets a hostile name, input or note", async () => {
    await browser.open(file("hostile"));
    await browser.evaluate("for (const button of document.querySelectorAll('button.name')) button.click()");
    assert.equal(await browser.evaluate("window.hacked ?? 'unharmed'"), "unharmed");
    assert.equal(await browser.evaluate("document.images.length"), 0);
    assert.equal(await browser.evaluate("document.scripts.length"), 2);
    assert.ok(Number(await browser.evaluate("document.querySelectorAll('tr.detail pre').length")) > 30);
    assert.deepEqual(browser.complaints, []);
  });

  it("finds one of 5,000 rows", async () => {
    await browser.open(file("large"));
    await browser.evaluate(`(() => {
      const q = document.querySelector("#q");
      q.value = "queue-4321";
      q.dispatchEvent(new Event("input"));
    })()`);
    assert.equal(await browser.evaluate(SHOWN), 1);
  });

  it("is no wider than a phone, and only boxes of their own scroll sideways", async () => {
    await browser.send("Emulation.setDeviceMetricsOverride", {
      width: 390,
      height: 844,
      deviceScaleFactor: 1,
      mobile: true,
    });
    for (const name of ["sample", "hostile"]) {
      await browser.open(file(name));
      assert.equal(await browser.evaluate("document.documentElement.scrollWidth"), 390, name);
      // Drawn for a wide page: left as high as it is, it would be a screen of nothing but its empty corner.
      const graph = await browser.evaluate("document.querySelector('.graph').offsetHeight");
      assert.ok(typeof graph === "number" && graph <= 0.7 * 844 + 1, `${name}: ${String(graph)}`);
    }
    await browser.send("Emulation.clearDeviceMetricsOverride");
  });

  for (const scheme of ["light", "dark"]) {
    it(`keeps contrast of 4.5 to 1 for text in ${scheme}`, async () => {
      await browser.send("Emulation.setEmulatedMedia", {
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      await browser.open(file("sample"));
      const ratios = await browser.evaluate(`(() => {
        const style = getComputedStyle(document.documentElement);
        const light = (name) => {
          const hex = style.getPropertyValue(name).trim().slice(1);
          const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const pairs = ["ink", "quiet", "accent", "good", "warn", "bad"].flatMap((text) => ["paper", "sheet", "faint"].map((ground) => [text, ground]));
        pairs.push(["good", "good-bg"], ["warn", "warn-bg"], ["bad", "bad-bg"]);
        return pairs.map(([text, ground]) => {
          const [high, low] = [light("--" + text), light("--" + ground)].sort((a, b) => b - a);
          return { pair: text + " on " + ground, ratio: (high + 0.05) / (low + 0.05) };
        });
      })()`);
      const poor = (ratios as { pair: string; ratio: number }[]).filter(({ ratio }) => !(ratio >= 4.5));
      assert.deepEqual(poor, []);
    });
  }

  it("names every control, table and region for screen readers, with one first heading", async () => {
    await browser.open(file("sample"));
    const { nodes } = (await browser.send("Accessibility.getFullAXTree")) as {
      nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const named = [
      "button",
      "link",
      "textbox",
      "searchbox",
      "combobox",
      "checkbox",
      "table",
      "region",
      "heading",
    ];
    const relevant = nodes.filter(
      ({ ignored, role }) => !ignored && role !== undefined && named.includes(role.value),
    );
    assert.ok(relevant.length > 50);
    assert.deepEqual(
      relevant.filter(({ name }) => (name?.value ?? "") === ""),
      [],
    );
    assert.equal(await browser.evaluate("document.querySelectorAll('h1').length"), 1);
    assert.equal(
      await browser.evaluate(
        "[...document.querySelectorAll('table')].filter((table) => table.caption === null).length",
      ),
      0,
    );
    const levels = (await browser.evaluate(
      "[...document.querySelectorAll('h1,h2,h3')].map((heading) => Number(heading.tagName[1]))",
    )) as number[];
    assert.ok(levels.every((level, index) => index === 0 || level <= (levels[index - 1] ?? 0) + 1));
  });
});
