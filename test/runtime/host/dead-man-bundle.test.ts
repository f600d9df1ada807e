import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BOOT_ID_FILE, UPTIME_FILE } from "../../../runtime/host/dead-man-look.ts";
import {
  DEAD_MAN_SERVICE,
  DEAD_MAN_TIMER,
  renderService,
  renderTimer,
} from "../../../runtime/host/dead-man-units.ts";
import { parseStatus } from "../../../runtime/host/report.ts";
import { needTool } from "../../support/tools.ts";
import { buildHostBundle } from "../support/host-bundle.ts";
import { GUARDED_CONFIG, HOST_CONFIG } from "../support/host-config.ts";
import { standInAws, type StandInAws } from "../support/stand-in-aws.ts";
import { standInGuard, type StandInGuard } from "../support/stand-in-guard.ts";

/** Puts a process's wall clock off, before anything of it runs. */
const shifted = (milliseconds: number): string =>
  `data:text/javascript,${encodeURIComponent(`
    const off = ${String(milliseconds)};
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...parts) { if (parts.length === 0) super(Real.now() + off); else super(...parts); }
      static now() { return Real.now() + off; }
    };`)}`;

/** One look is one process with the real SDK: DynamoDB, Auto Scaling and SSM are stand-ins on loopback, systemctl a stub. */
describe("dead man's switch under Node", function () {
  this.timeout(60_000);
  let folder: string;
  let bundle: string;
  let root: string;
  let guard: StandInGuard;
  let aws: StandInAws;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "dead-man-"));
    bundle = await buildHostBundle(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    [guard, aws] = await Promise.all([standInGuard(), standInAws()]);
    root = await mkdtemp(join(folder, "root-"));
    await put("host.json", JSON.stringify(GUARDED_CONFIG));
    await put(BOOT_ID_FILE, "boot-1\n");
    await chmod(await put("bin/systemctl", `#!/bin/sh\necho "$*" >>'${root}/commands'\n`), 0o755);
  });
  afterEach(() => Promise.all([guard.close(), aws.close()]));

  async function put(path: string, text: string): Promise<string> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  async function lookAt(minute: number, ...node: string[]): Promise<{ code: number | null; output: string }> {
    await put(UPTIME_FILE, `${String(minute * 60)}.00 1.00\n`);
    const args = [...node, bundle, "dead-man", "--config", join(root, "host.json"), "--root", root];
    const child = spawn(process.execPath, args, {
      env: {
        PATH: `${root}/bin`,
        HOME: root,
        AWS_ENDPOINT_URL: guard.url,
        AWS_ENDPOINT_URL_SSM: aws.url,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  async function commands(): Promise<string> {
    return readFile(join(root, "commands"), "utf8").catch(() => "");
  }

  /** The guard beats before the eyes of the host: the next look has something to measure from. */
  async function seen(): Promise<void> {
    await lookAt(1);
    guard.heartbeat = 301_000;
    assert.deepEqual(await lookAt(6), { code: 0, output: "" });
  }

  it("reads the guard's heartbeat, and ends its own slot and itself once it is silent (FM-15)", async () => {
    await seen();
    assert.deepEqual(await lookAt(35), { code: 0, output: "" });
    assert.deepEqual([guard.changes, await commands()], [[], ""]);

    const { code, output } = await lookAt(36);
    assert.equal(code, 0, output);
    assert.match(output, /storage-1: no sign of life of the money guard for 30 minutes/);
    assert.deepEqual(guard.changes, ["proving-ground-dev-storage-1=0"]);
    assert.equal(await commands(), "poweroff --force\n");
    assert.equal(parseStatus(aws.parameters.get(HOST_CONFIG.statusParameter))?.step, "dead-man");
    assert.deepEqual(
      [...new Set(guard.reads)],
      ["proving-ground-dev-guard heartbeat/guard consistent"],
      "read only what its role may read",
    );
  });

  for (const hours of [3, -3]) {
    it(`FM-15 sees a living guard, and ends its slot, with a wall clock ${String(hours)} hours off`, async () => {
      await seen();
      const off = shifted(hours * 3_600_000);
      guard.heartbeat = 601_000;
      assert.deepEqual(await lookAt(11, "--import", off), { code: 0, output: "" });
      assert.ok(guard.skewed > 0, "the first signature was of the wrong time");
      assert.deepEqual(await lookAt(40, "--import", off), { code: 0, output: "" });
      assert.deepEqual(guard.changes, []);
      assert.equal((await lookAt(41, "--import", off)).code, 0);
      assert.deepEqual(
        [guard.changes, await commands()],
        [["proving-ground-dev-storage-1=0"], "poweroff --force\n"],
      );
    });
  }

  it("takes a refused read for silence, and shuts down though its group refuses too (FM-15)", async () => {
    await seen();
    Object.assign(guard, { table: "refuses", denyGroups: true });
    assert.match((await lookAt(20)).output, /heartbeat cannot be read: not authorized/);
    assert.equal(await commands(), "");
    const { output } = await lookAt(36);
    assert.match(output, /could not set the slot to 0: not authorized to perform: autoscaling/);
    assert.equal(await commands(), "poweroff --force\n");
  });

  it("gives up a read that never answers, in time to act on it (FM-15)", async () => {
    await seen();
    guard.table = "hangs";
    const { code, output } = await lookAt(36);
    assert.equal(code, 0, output);
    assert.match(output, /heartbeat cannot be read/);
    assert.deepEqual(
      [guard.changes, await commands()],
      [["proving-ground-dev-storage-1=0"], "poweroff --force\n"],
    );
  });

  it("has nothing to look at where no guard watches the slot, and says so", async () => {
    await put("host.json", JSON.stringify(HOST_CONFIG));
    const { code, output } = await lookAt(40);
    assert.deepEqual([code, guard.reads], [1, []]);
    assert.match(output, /no guard watches this slot/);
  });

  it("systemd finds its units valid", async function () {
    needTool(this, "systemd-analyze");
    const node = await put("node", "#!/bin/sh\n");
    await chmod(node, 0o755);
    const service = await put(DEAD_MAN_SERVICE, renderService({ node, bundle: "/b.mjs", config: "/c.json" }));
    const timer = await put(DEAD_MAN_TIMER, renderTimer());
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", service, timer], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /proving-ground-dead-man/);
  });

  it("refuses paths that systemd would read as something else", () => {
    for (const bundle of ["/a b", "/a%i", "/$HOME", '/"', "/a;b", ""])
      assert.throws(() => renderService({ node: "/n", bundle, config: "/c" }), /cannot stand in a unit/);
  });
});
