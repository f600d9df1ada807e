import assert from "node:assert/strict";
import fc from "fast-check";
import { offeringsFinding } from "../../cli/doctor/aws-places.ts";
import { quotaFinding } from "../../cli/doctor/aws-quotas.ts";
import { look, type Check, type Finding } from "../../cli/doctor/check.ts";
import { diagnose } from "../../cli/doctor/doctor.ts";
import { repositoryFinding, subjectFinding } from "../../cli/doctor/github-repositories.ts";
import { billedMinutes, sample } from "../../cli/doctor/github-minutes.ts";
import { configSecretFinding } from "../../cli/doctor/config-secrets.ts";
import { backendFinding, nodeFinding, pulumiFinding, stackFinding } from "../../cli/doctor/local-checks.ts";
import { compareVersions, inRange, parseVersion } from "../../cli/doctor/version-range.ts";

/** Rejected with anything, a text included, as an interruption may be. */
async function interrupted(reason: unknown): Promise<Finding> {
  await Promise.resolve();
  AbortSignal.abort(reason).throwIfAborted();
  return { status: "ok", found: "not reached" };
}

const RANGE = "^20.19.0 || ^22.12.0 || >=24";

describe("findings of the doctor", () => {
  it("judges Node by the project's own range", () => {
    for (const [version, status] of [
      ["20.18.9", "failed"],
      ["20.19.0", "ok"],
      ["21.7.0", "failed"],
      ["22.11.0", "failed"],
      ["22.12.0", "ok"],
      ["23.9.0", "failed"],
      ["24.0.0", "ok"],
      ["26.1.2", "ok"],
    ] as const)
      assert.equal(nodeFinding(version, RANGE).status, status, version);
    assert.throws(() => inRange([20, 0, 0], "~20.1"), /neither \^VERSION nor >=VERSION/);
  });

  it("orders versions by their numbers", () => {
    const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99));
    fc.assert(
      fc.property(version, version, (one, other) => {
        assert.equal(Math.sign(compareVersions(one, other)), -Math.sign(compareVersions(other, one)) || 0);
        assert.deepEqual(parseVersion(`v${one.join(".")}-dev`), one);
      }),
    );
  });

  it("says what is wrong with the Pulumi CLI, and where the state lives", () => {
    assert.match(pulumiFinding(undefined).found, /no pulumi on PATH/);
    assert.equal(pulumiFinding("v3.260.0\n").status, "ok");
    assert.match(pulumiFinding("v3.100.0").found, /3\.100\.0 is older than 3\.\d+\.\d+/);
    assert.equal(pulumiFinding("whatever").status, "unknown");
    const out = backendFinding({ exitCode: 255, stdout: "", stderr: "error: not logged in\n" });
    assert.deepEqual(
      [out.status, out.found],
      ["failed", "not logged in to where the state lives (not logged in)"],
    );
    assert.equal(backendFinding({ exitCode: 0, stdout: '{"url":"file://~"}', stderr: "" }).found, "file://~");
    assert.equal(backendFinding({ exitCode: 0, stdout: "[]", stderr: "" }).status, "unknown");
  });

  it("never calls a quota good that is smaller than the need, and asks for one that is enough (FM-20)", () => {
    const vcpus = fc.nat(2000);
    fc.assert(
      fc.property(vcpus, vcpus, vcpus, vcpus, (limit, usedByOthers, required, more) => {
        const need = { required, fallback: required + more, parts: [] };
        const finding = quotaFinding(
          need,
          { code: "L-1", name: "Quota" },
          { limit, usedByOthers },
          "us-west-2",
        );
        const free = limit - usedByOthers;
        assert.equal(finding.status, free < required ? "failed" : free < required + more ? "warning" : "ok");
        if (!("fix" in finding)) return;
        const asked = Number(/--desired-value (\d+)/.exec(finding.fix)?.[1]);
        assert.equal(asked - usedByOthers, need.fallback);
      }),
    );
  });

  it("tells a host without a place from one with fewer places", () => {
    const hosts = [{ market: "spot" as const, types: ["a", "b"], zones: ["z1", "z2"] }];
    const offered = (a: string[], b: string[]) =>
      new Map([
        ["a", new Set(a)],
        ["b", new Set(b)],
      ]);
    assert.equal(offeringsFinding(hosts, offered(["z1", "z2"], ["z1", "z2"])).status, "ok");
    assert.deepEqual(
      [
        offeringsFinding(hosts, offered(["z1"], [])).status,
        offeringsFinding(hosts, offered(["z1"], [])).found,
      ],
      ["warning", "a not in z2; b not in z1, z2"],
    );
    assert.equal(offeringsFinding(hosts, offered(["z3"], [])).status, "failed");
  });

  it("names what a repository cannot be administered for", () => {
    const wanted = { create: false, details: { visibility: "private" as const, defaultBranch: "main" } };
    const found = {
      full_name: "one/app",
      archived: false,
      private: true,
      visibility: "private",
      permissions: { admin: true, push: true, pull: true },
    };
    const finding = (changes: object) => repositoryFinding("one", "app", wanted, { ...found, ...changes });
    assert.equal(finding({}).status, "ok");
    assert.match(
      finding({ permissions: { admin: false, push: true, pull: true } }).found,
      /no administrator of one\/app/,
    );
    assert.match(finding({ archived: true }).found, /archived/);
    assert.match(finding({ full_name: "one/renamed" }).found, /called one\/renamed by now/);
  });

  it("shows both forms of the OIDC subject, and refuses a changed one (FM-64)", () => {
    const repository = { full_name: "one/app", id: 22, owner: { login: "one", id: 11 } };
    assert.equal(
      subjectFinding(repository, { use_default: true }).found,
      "GitHub's own: repo:one/app:environment:NAME, or with ids repo:one@11/app@22:environment:NAME",
    );
    const { status, found } = subjectFinding(repository, {
      use_default: false,
      include_claim_keys: ["repo", "actor"],
    });
    assert.equal(status, "failed");
    assert.match(found, /made of repo, actor/);
  });

  it("bills jobs as GitHub does", () => {
    const job = (seconds: number, ...labels: string[]) => ({
      started_at: "2026-07-20T12:00:00Z",
      completed_at: new Date(Date.parse("2026-07-20T12:00:00Z") + seconds * 1000).toISOString(),
      labels,
    });
    assert.deepEqual(
      [
        billedMinutes(job(1, "ubuntu-latest")),
        billedMinutes(job(60, "ubuntu-24.04-arm")),
        billedMinutes(job(61, "windows-2025")),
        billedMinutes(job(61, "macos-15")),
        billedMinutes(job(600, "self-hosted", "linux")),
        billedMinutes(job(0, "ubuntu-latest")),
        billedMinutes({ ...job(60, "ubuntu-latest"), completed_at: null }),
      ],
      [1, 1, 4, 20, 0, 0, 0],
    );
  });

  it("samples evenly, in order, and never more than there are", () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 1, max: 100 }), (length, count) => {
        const items = Array.from({ length }, (_, index) => index);
        const chosen = sample(items, count);
        assert.equal(chosen.length, Math.min(length, count));
        assert.deepEqual(
          [...new Set(chosen)].sort((a, b) => a - b),
          chosen,
        );
      }),
    );
  });

  it("makes a line of whatever a check throws, and goes on with the others", async () => {
    const check = (id: string, look: Check["look"]): Check => ({
      id,
      title: id,
      side: "aws",
      rights: "x:Y",
      look,
    });
    const thrown = [new Error("first\nsecond"), "text", Object.assign(new Error(), { status: 502 })];
    const checks = [
      ...thrown.map((error, index) => check(`bad-${String(index)}`, () => interrupted(error))),
      check("good", () => Promise.resolve({ status: "ok", found: "fine" })),
    ];
    const { lines, exitCode } = await diagnose(checks);
    assert.deepEqual(
      lines.map(({ status, found }) => [status, found]),
      [
        ["unknown", "no answer: Error: first"],
        ["unknown", "no answer: text"],
        ["unknown", "no answer: HTTP 502"],
        ["ok", "fine"],
      ],
    );
    assert.equal(exitCode, 4);
    const denied = Object.assign(new Error("no"), { name: "AccessDenied" });
    const { line } = await look(check("denied", () => Promise.reject(denied)));
    assert.equal(line.fix, "Grant x:Y to look at it (docs/rights.md).");
  });

  it("says which server was not reached, also where GitHub's client calls that an answer 500", async () => {
    const unknownHost = Object.assign(new Error("getaddrinfo ENOTFOUND api.github.com"), {
      code: "ENOTFOUND",
      hostname: "api.github.com",
    });
    const check: Check = {
      id: "github.token",
      title: "GitHub token",
      side: "github",
      rights: "any token",
      look: () => Promise.reject(Object.assign(new Error("x", { cause: unknownHost }), { status: 500 })),
    };
    const { line } = await look(check);
    assert.deepEqual(
      [line.status, line.found],
      ["unknown", "api.github.com cannot be reached (getaddrinfo ENOTFOUND api.github.com)"],
    );
    assert.match(line.fix ?? "", /HTTPS_PROXY/);
  });

  it("tells a stack that was never initialised, one never deployed, and one whose state is closed", () => {
    const finding = (exitCode: number, stdout: string, stderr = "") =>
      stackFinding("acme", { exitCode, stdout, stderr });
    const absent = finding(255, "", "error: no stack named 'acme' found");
    assert.equal(absent.status, "failed");
    assert.match("fix" in absent ? absent.fix : "", /^pulumi stack init acme, /);
    const empty = finding(0, '{"deployment":{}}');
    assert.deepEqual(empty, { status: "ok", found: "acme, never deployed" });
    assert.equal(finding(0, '{"deployment":{"resources":[{}]}}').found, "acme, deployed");
    assert.equal(finding(255, "", "error: not logged in").status, "skipped");
    assert.equal(stackFinding("acme", undefined).status, "skipped");
  });

  it("names each configuration secret that is not set, with the command that sets it", () => {
    const keys = ["github-secrets:codecov", "github-secrets:snyk"];
    assert.equal(configSecretFinding("acme", keys, new Set(keys)).status, "ok");
    assert.deepEqual(configSecretFinding("acme", keys, new Set(["github-secrets:codecov"])), {
      status: "failed",
      found: "github-secrets:snyk: not set, though the stack hands it to GitHub: `up` would stop",
      fix: "pulumi config set --secret github-secrets:snyk --stack acme",
    });
  });
});
