import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { EC2Client, CreateVolumeCommand } from "@aws-sdk/client-ec2";
import type { CheckLine } from "../../cli/checklist.ts";
import { TAGS } from "../../model/tags.ts";
import { startGround } from "../deploy/support.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";
import { environmentOf, startMoto, type Moto } from "../support/moto.ts";
import { startGitHub, type GitHubStandIn } from "../support/github/index.ts";
import { needTool } from "../support/tools.ts";
import { awsAnswers, GOOD } from "./aws-answers.ts";
import { HOSTS } from "./surroundings.ts";

/** Nobody: no credentials of either side, and no way to find some. */
const NOBODY = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

function ground(words: readonly string[], environment: Readonly<Record<string, string>>) {
  return startGround(words, environment).finished;
}

describe("ground doctor and ground cleanup as commands", function () {
  this.timeout(60_000);
  let folder = "";
  let file = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ground-doctor-"));
    file = stackFile("dev", HOSTS);
  });

  function stackFile(name: string, document: Readonly<Record<string, unknown>>): string {
    const path = join(folder, `Pulumi.${name}.yaml`);
    const keyed = Object.entries(document).map(([key, value]) => [`proving-ground:${key}`, value] as const);
    writeFileSync(path, stringify({ config: Object.fromEntries(keyed) }));
    return path;
  }

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("doctor shows its lines and gives exit code 3 where nobody has credentials", async () => {
    const { stdout, stderr, exitCode } = await ground(["doctor", "--config", file], NOBODY);
    assert.deepEqual([exitCode, stderr], [3, ""]);
    assert.match(stdout, /AWS account +FAILED +There are no AWS credentials to use/);
    assert.match(stdout, /→ Set AWS_PROFILE, or sign in with "aws sso login"/);
    assert.match(stdout, /Node +ok/);
  });

  it("doctor --json prints one document and nothing else", async () => {
    const { stdout, exitCode } = await ground(["doctor", "--config", file, "--json"], NOBODY);
    const { ok, lines } = JSON.parse(stdout) as { ok: boolean; lines: { id: string; status: string }[] };
    assert.deepEqual([ok, exitCode], [false, 3]);
    assert.equal(lines.find(({ id }) => id === "aws.credentials")?.status, "failed");
  });

  it("doctor names what stops the first up of a governing stack: its secrets and the stack itself", async function () {
    needTool(this, "pulumi");
    const backend = { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_HOME: join(folder, "pulumi") };
    const words = ["doctor", "--config", "examples/octollm.yaml", "--json"];
    const { stdout } = await ground(words, { ...NOBODY, ...backend });
    const { lines } = JSON.parse(stdout) as { lines: CheckLine[] };
    const fixOf = (id: string) => lines.find((one) => one.id === id)?.fix ?? "";
    assert.equal(
      fixOf("pulumi.config-secrets"),
      "pulumi config set --secret github-secrets:codecov --stack octollm\npulumi config set --secret github-secrets:snyk --stack octollm",
    );
    assert.match(fixOf("pulumi.stack"), /^pulumi stack init octollm/);
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
    let proxy: AwsProxy;
    let standIn: GitHubStandIn;

    before(async function () {
      moto = await startMoto(this);
      proxy = await startAwsProxy(moto.url);
      standIn = await startGitHub();
      standIn.state.addOwner({ login: "someone" });
      standIn.state.addToken("good", { login: "someone", scopes: ["repo", "workflow"] });
      standIn.state.addToken("narrow", { login: "someone", scopes: ["repo"] });
    });

    after(async () => {
      await (standIn as GitHubStandIn | undefined)?.close();
      await (proxy as AwsProxy | undefined)?.stop();
      await (moto as Moto | undefined)?.stop();
    });

    /** Signed in to everything, the state in a folder of the test's own. */
    function signedIn(token: string): Readonly<Record<string, string>> {
      const pulumi = {
        PULUMI_HOME: join(folder, "pulumi"),
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "of the test",
      };
      return { ...environmentOf(proxy.url), ...pulumi, GITHUB_API_URL: standIn.url, GITHUB_TOKEN: token };
    }

    it("doctor finds a good account good once the stack is initialised: exit 0", async function () {
      needTool(this, "pulumi");
      proxy.rule(awsAnswers(GOOD));
      const before = await ground(["doctor", "--config", file], signedIn("good"));
      assert.equal(before.exitCode, 4, before.stdout);
      assert.match(before.stdout, /Stack +FAILED +there is no stack dev [^]*→ pulumi stack init dev/);
      // In a project folder of its own: the command writes the stack's salt into the stack file beside Pulumi.yaml.
      const project = join(folder, "project");
      mkdirSync(project);
      writeFileSync(join(project, "Pulumi.yaml"), "name: proving-ground\nruntime: nodejs\n");
      execFileSync("pulumi", ["-C", project, "stack", "init", "dev", "--non-interactive"], {
        env: { PATH: process.env["PATH"], ...signedIn("good") },
        stdio: "pipe",
      });
      const { stdout, stderr, exitCode } = await ground(["doctor", "--config", file], signedIn("good"));
      assert.deepEqual([exitCode, stderr], [0, ""], stdout);
      assert.match(stdout, /GitHub token +ok +the token of someone; scopes repo, workflow/);
      assert.doesNotMatch(stdout, / $/m, "no line ends in spaces");
    });

    it("doctor names quota, mail and scope that are missing, each with its fix: exit 4 (FM-20, FM-60)", async () => {
      proxy.clear();
      proxy.rule(awsAnswers({ ...GOOD, quotas: {}, unconfirmed: ["oncall@example.com"] }));
      const words = ["doctor", "--config", file, "--json"];
      const { stdout, exitCode } = await ground(words, signedIn("narrow"));
      assert.equal(exitCode, 4);
      const { ok, lines } = JSON.parse(stdout) as { ok: boolean; lines: CheckLine[] };
      assert.equal(ok, false);
      const fixes: readonly [id: string, fix: RegExp][] = [
        ["aws.quota.spot.standard", /--quota-code L-34B43A08 --desired-value 54/],
        ["aws.quota.on-demand.standard", /--quota-code L-1216C47A --desired-value 62/],
        ["aws.mails", /Subscription Confirmation/],
        ["github.token", /gh auth refresh --scopes workflow/],
      ];
      for (const [id, fix] of fixes) {
        const line = lines.find((one) => one.id === id);
        assert.equal(line?.status, "failed", `${id}: ${JSON.stringify(line)}`);
        assert.match(line.fix ?? "", fix);
      }
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
      const other = stackFile("other", { ...HOSTS, environment: "dev", awsAccount: "999999999999" });
      const { exitCode, stderr } = await ground(["cleanup", "--config", other, "--yes"], moto.environment);
      assert.equal(exitCode, 3);
      assert.match(stderr, /for account 123456789012; the stack may only change 999999999999/);
    });
  });
});
