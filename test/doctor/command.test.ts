import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import { EC2Client, CreateVolumeCommand } from "@aws-sdk/client-ec2";
import { TAGS } from "../../model/tags.ts";
import { startMoto, type Moto } from "../support/moto.ts";
import { ROOT } from "../support/plans.ts";
import { HOSTS } from "./surroundings.ts";

/** Nobody: no credentials of either side, and no way to find some. */
const NOBODY = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

async function ground(words: readonly string[], environment: Readonly<Record<string, string>>) {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: tmpdir(),
    NO_COLOR: "1",
    ...environment,
  };
  const child = spawn(process.execPath, [`${ROOT}cli/ground.mjs`, ...words], { cwd: ROOT, env });
  child.stdin.end();
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      resolve(code);
    });
  });
  const output: readonly [string, string] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [stdout, stderr] = output;
  const exitCode = await ended;
  return { stdout, stderr, exitCode };
}

describe("ground doctor and ground cleanup as commands", function () {
  this.timeout(60_000);
  let folder = "";
  let file = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ground-doctor-"));
    file = join(folder, "Pulumi.dev.yaml");
    const entries = Object.entries(HOSTS).map(([key, value]) => [`proving-ground:${key}`, value]);
    writeFileSync(file, stringify({ config: Object.fromEntries(entries) }));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("doctor shows its lines and gives exit code 3 where nobody has credentials", async () => {
    const { stdout, stderr, exitCode } = await ground(["doctor", "--config", file], NOBODY);
    assert.deepEqual([exitCode, stderr], [3, ""]);
    assert.match(stdout, /AWS account +FAILED +AWS did not accept the credentials/);
    assert.match(stdout, /→ Set AWS_PROFILE, or sign in with "aws sso login"/);
    assert.match(stdout, /Node +ok/);
  });

  it("doctor --json prints one document and nothing else", async () => {
    const { stdout, exitCode } = await ground(["doctor", "--config", file, "--json"], NOBODY);
    const { ok, lines } = JSON.parse(stdout) as { ok: boolean; lines: { id: string; status: string }[] };
    assert.deepEqual([ok, exitCode], [false, 3]);
    assert.equal(lines.find(({ id }) => id === "aws.credentials")?.status, "failed");
  });

  it("doctor gives exit code 6 for an unknown stack, 2 for one that is wrong", async () => {
    assert.equal((await ground(["doctor", "--stack", "nowhere"], NOBODY)).exitCode, 6);
    const bad = join(folder, "Pulumi.bad.yaml");
    writeFileSync(bad, "config:\n  proving-ground:owner: ''\n");
    assert.equal((await ground(["doctor", "--config", bad], NOBODY)).exitCode, 2);
  });

  it("cleanup gives exit code 3 without credentials, 2 for an age that is none", async () => {
    const { stderr, exitCode } = await ground(["cleanup", "--config", file], NOBODY);
    assert.equal(exitCode, 3);
    assert.match(stderr, /Set AWS_PROFILE/);
    const wrong = await ground(["cleanup", "--config", file, "--older-than", "1w"], NOBODY);
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /m, h or d, for example 24h/);
  });

  describe("with an account", () => {
    let moto: Moto;

    before(async function () {
      moto = await startMoto(this);
    });

    after(async () => {
      await (moto as Moto | undefined)?.stop();
    });

    it("cleanup shows what it would delete, and deletes it with --yes (FM-18)", async () => {
      const tags = { [TAGS.project]: "proving-ground", [TAGS.environment]: "dev", [TAGS.name]: "left-over" };
      await new EC2Client(moto.client).send(
        new CreateVolumeCommand({
          AvailabilityZone: "us-west-2a",
          Size: 100,
          VolumeType: "gp3",
          TagSpecifications: [
            { ResourceType: "volume", Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
          ],
        }),
      );
      const words = ["cleanup", "--config", file, "--older-than", "0h"];
      const dry = await ground(words, moto.environment);
      assert.deepEqual([dry.exitCode, dry.stderr], [0, ""]);
      assert.match(dry.stdout, /would be deleted .*left-over .*volume 100 GiB gp3 .*8\.00/);
      assert.match(dry.stdout, /Nothing was changed\. To do it: the same with --yes\./);
      const done = await ground([...words, "--yes", "--json"], moto.environment);
      const { dryRun, resources } = JSON.parse(done.stdout) as {
        dryRun: boolean;
        resources: { result: string }[];
      };
      assert.deepEqual([dryRun, resources.map(({ result }) => result)], [false, ["deleted"]]);
      assert.match((await ground(words, moto.environment)).stdout, /Nothing of dev is left over/);
    });

    it("cleanup touches nothing in another account than the stack's", async () => {
      const other = join(folder, "Pulumi.other.yaml");
      const entries = Object.entries({ ...HOSTS, environment: "dev", awsAccount: "999999999999" });
      writeFileSync(
        other,
        stringify({
          config: Object.fromEntries(entries.map(([key, value]) => [`proving-ground:${key}`, value])),
        }),
      );
      const { exitCode, stderr } = await ground(["cleanup", "--config", other, "--yes"], moto.environment);
      assert.equal(exitCode, 2);
      assert.match(stderr, /for account 123456789012; the stack may only change 999999999999/);
    });
  });
});
