import assert from "node:assert/strict";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import type { Diagnosis, Surroundings } from "../../cli/doctor/doctor.ts";
import { REQUIRED_TAGS } from "../../model/tags.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";
import { startMoto, type Moto } from "../support/moto.ts";
import { awsAnswers, failure, GOOD, type AccountFacts } from "./aws-answers.ts";
import { ALONE, doctor, HOSTS, line, settings, troubles } from "./surroundings.ts";

const SECRETS = ["cfs/github-token", "cfs/fireworks-api-key"];
const STACK = { ...HOSTS, modelApi: { usdPerDay: 50 }, secrets: { names: SECRETS } };

describe("ground doctor against moto", function () {
  this.timeout(60_000);
  let moto: Moto;
  let proxy: AwsProxy;
  let facts: AccountFacts;

  before(async function () {
    moto = await startMoto(this);
    proxy = await startAwsProxy(moto.url);
  });

  after(async () => {
    await (proxy as AwsProxy | undefined)?.stop();
    await (moto as Moto | undefined)?.stop();
  });

  beforeEach(async () => {
    await moto.reset();
    proxy.clear();
    facts = structuredClone(GOOD);
    proxy.rule(awsAnswers(facts));
    const secrets = new SecretsManagerClient(moto.client);
    for (const Name of SECRETS)
      await secrets.send(new CreateSecretCommand({ Name, SecretString: "canary-4711" }));
    const iam = new IAMClient(moto.client);
    // By their names: moto's CreateServiceLinkedRole calls the one of spot otherwise than AWS does.
    for (const RoleName of ["AWSServiceRoleForEC2Spot", "AWSServiceRoleForAutoScaling"])
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}" }));
    const sns = new SNSClient(moto.client);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "proving-ground-dev-alarms" }));
    for (const Endpoint of HOSTS.budget.emails)
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint }));
  });

  function examine(
    document: Readonly<Record<string, unknown>> = STACK,
    changes: Partial<Surroundings> = {},
    fix = false,
  ): Promise<Diagnosis> {
    const aws = { ...moto.client, endpoint: proxy.url, maxAttempts: 1 };
    return doctor(settings(document), { ...ALONE, aws, ...changes }, { fix });
  }

  it("finds a good account good, exit 0, and reads no secret's value", async () => {
    const diagnosis = await examine();
    assert.deepEqual(troubles(diagnosis), []);
    assert.equal(diagnosis.exitCode, 0);
    assert.ok(!JSON.stringify(diagnosis).includes("canary-4711"));
    const targets = proxy.passed.map(({ headers }) => String(headers["x-amz-target"]));
    assert.ok(!targets.some((target) => target.includes("GetSecretValue")));
    assert.match(line(diagnosis, "aws.quota.spot.standard").found, /needed 54 \(5 × i4i\.2xlarge = 40, /);
    assert.match(line(diagnosis, "aws.quota.on-demand.standard").found, /needed 62 at worst/);
    assert.match(line(diagnosis, "aws.bedrock").found, /Amazon 0 of 1, Anthropic 1 of 1/);
  });

  it("names quota, need and the request where the spot quota is too small (FM-20)", async () => {
    facts.quotas = { "L-1216C47A": 128 };
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 4);
    assert.deepEqual(line(diagnosis, "aws.quota.spot.standard"), {
      id: "aws.quota.spot.standard",
      title: "vCPUs, spot",
      status: "failed",
      found:
        "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests (L-34B43A08) allows 5 vCPUs in us-west-2; the stack needs 54 (5 × i4i.2xlarge = 40, 3 × c7a.xlarge = 12, 1 × t3.medium = 2)",
      fix: "Ask for more: aws service-quotas request-service-quota-increase --region us-west-2 --service-code ec2 --quota-code L-34B43A08 --desired-value 54, or https://us-west-2.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-34B43A08",
    });
    assert.deepEqual(
      troubles(diagnosis).map(({ id }) => id),
      ["aws.quota.spot.standard"],
    );
  });

  it("says so where an increase is on its way already (FM-20)", async () => {
    facts.quotas = { "L-1216C47A": 128 };
    facts.asked = { "L-34B43A08": 64 };
    const { fix } = line(await examine(), "aws.quota.spot.standard");
    assert.equal(fix, "An increase to 64 was asked for (CASE_OPENED): wait for AWS's answer.");
  });

  it("warns where the on-demand quota carries the orchestrator, not the fall back from spot (FM-20)", async () => {
    facts.quotas = { "L-34B43A08": 128, "L-1216C47A": 16 };
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 0);
    const { status, found, fix } = line(diagnosis, "aws.quota.on-demand.standard");
    assert.equal(status, "warning");
    assert.match(found, /enough for the 8 planned, not for the 62 with every spot host on demand/);
    assert.match(fix ?? "", /--quota-code L-1216C47A --desired-value 62/);
  });

  it("counts what other hosts use of the quota, and not the stack's own twice (FM-20)", async () => {
    const ec2 = new EC2Client(moto.client);
    const launch = (environment: string) =>
      ec2.send(
        new RunInstancesCommand({
          ImageId: "ami-12345678",
          MinCount: 1,
          MaxCount: 1,
          InstanceType: "c7a.2xlarge",
          TagSpecifications: [
            {
              ResourceType: "instance",
              Tags: [
                { Key: "proving-ground:project", Value: "proving-ground" },
                { Key: "proving-ground:environment", Value: environment },
              ],
            },
          ],
        }),
      );
    await launch("dev");
    await launch("staging");
    facts.quotas = { "L-34B43A08": 128, "L-1216C47A": 12 };
    const { status, found } = line(await examine(), "aws.quota.on-demand.standard");
    assert.equal(status, "failed");
    assert.match(found, /allows 12 vCPUs in us-west-2, 8 of it in use by other hosts; the stack needs 8/);
  });

  it("names the mail that nobody has confirmed", async () => {
    facts.unconfirmed = ["lead@example.com"];
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 4);
    const { status, found, fix } = line(diagnosis, "aws.mails");
    assert.equal(status, "failed");
    assert.equal(found, "oncall@example.com is not subscribed, lead@example.com is not confirmed");
    assert.match(fix ?? "", /arn:aws:sns:us-west-2:123456789012:proving-ground-dev-alarms --protocol email/);
  });

  it("names the account where the credentials are for another one, and asks it nothing more", async () => {
    const diagnosis = await examine({ ...STACK, awsAccount: "999999999999" });
    assert.equal(diagnosis.exitCode, 4);
    assert.equal(
      line(diagnosis, "aws.credentials").found,
      "the credentials are for account 123456789012; the stack may only change 999999999999",
    );
    assert.equal(line(diagnosis, "aws.quota.spot.standard").status, "skipped");
    assert.equal(proxy.passed.length, 1);
  });

  it("gives exit code 3 where AWS does not know the credentials, with what to do", async () => {
    // STS API Reference, "Common errors".
    proxy.rule(({ body }) =>
      body.includes("Action=GetCallerIdentity")
        ? {
            status: 403,
            body: "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>",
          }
        : undefined,
    );
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 3);
    assert.match(line(diagnosis, "aws.credentials").fix ?? "", /aws sso login/);
    assert.equal(line(diagnosis, "node").status, "ok");
  });

  for (const [seconds, status, exitCode] of [
    [400, "failed", 4],
    [-400, "failed", 4],
    [90, "warning", 0],
  ] as const)
    it(`tells a clock that is ${String(seconds)} s off`, async () => {
      const diagnosis = await examine(STACK, { now: () => Date.now() - seconds * 1000 });
      const { status: found, found: text, fix } = line(diagnosis, "aws.clock");
      assert.deepEqual([found, diagnosis.exitCode], [status, exitCode]);
      assert.match(text, seconds > 0 ? /s behind AWS/ : /s ahead of AWS/);
      assert.match(fix ?? "", /time synchronization/);
    });

  it("says that no model can be called where Bedrock gives access to none", async () => {
    facts.models = facts.models.map((model) => ({ ...model, usable: false }));
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 4);
    assert.match(line(diagnosis, "aws.bedrock").found, /no text model can be called in us-west-2/);
    assert.match(line(diagnosis, "aws.bedrock").fix ?? "", /modelaccess/);
  });

  it("names the service-linked role of spot that is not there, and how to make it", async () => {
    await moto.reset();
    const { status, found, fix } = line(await examine(), "aws.service-roles");
    assert.equal(status, "warning");
    assert.match(found, /not there yet: AWSServiceRoleForEC2Spot, AWSServiceRoleForAutoScaling/);
    assert.match(fix ?? "", /aws iam create-service-linked-role --aws-service-name spot\.amazonaws\.com/);
  });

  it("does not ask Bedrock for a stack without a model API", async () => {
    const diagnosis = await examine({ ...STACK, modelApi: undefined });
    assert.ok(!diagnosis.lines.some(({ id }) => id === "aws.bedrock"));
  });

  it("names a secret that is missing and one without a value (FM-66)", async () => {
    await new SecretsManagerClient(moto.client).send(new CreateSecretCommand({ Name: "cfs/empty" }));
    const names = [...SECRETS, "cfs/empty", "cfs/absent"];
    const { status, found } = line(await examine({ ...STACK, secrets: { names } }), "aws.secrets");
    assert.equal(status, "failed");
    assert.equal(found, "cfs/empty is without a value, cfs/absent is missing");
    const made = await examine({ ...STACK, secrets: { names: ["cfs/absent"], create: true } });
    assert.equal(line(made, "aws.secrets").found, "made by `up`: cfs/absent");
  });

  it("names a zone and a type that are not there", async () => {
    const diagnosis = await examine({
      ...STACK,
      cluster: { size: "large", roles: { storage: { instanceTypes: ["i4i.9xlarge"] } } },
    });
    assert.equal(diagnosis.exitCode, 4);
    assert.match(line(diagnosis, "aws.types").found, /not offered: i4i\.9xlarge in usw2-az2, usw2-az3/);
    assert.match(line(diagnosis, "aws.quota.uncounted").found, /does not know i4i\.9xlarge/);
  });

  it("warns of ten executions of Lambda at once, as new accounts have them", async () => {
    facts.lambda = { limit: 10, unreserved: 10 };
    const { status, fix } = line(await examine(), "aws.lambda");
    assert.equal(status, "warning");
    assert.match(fix ?? "", /--quota-code L-B99A9384/);
  });

  it("switches cost-allocation tags on with --fix, and only with it", async () => {
    const [project, ...others] = REQUIRED_TAGS;
    facts.costTags = Object.fromEntries(others.map((tag) => [tag, "Inactive" as const]));
    const before = line(await examine(), "aws.cost-tags");
    assert.match(
      before.found,
      new RegExp(`not switched on: ${others.join(", ")}; not known to billing: ${project}`),
    );
    assert.deepEqual(new Set(Object.values(facts.costTags)), new Set(["Inactive"]));
    const after = line(await examine(STACK, {}, true), "aws.cost-tags");
    assert.match(
      after.found,
      new RegExp(`switched on now: ${others.join(", ")}; they count from tomorrow on`),
    );
    assert.match(after.fix ?? "", /a day after its first use/);
    assert.deepEqual(new Set(Object.values(facts.costTags)), new Set(["Active"]));
  });

  it("says that only the payer account may see the tags", async () => {
    proxy.rule(({ headers }) =>
      String(headers["x-amz-target"]).endsWith("ListCostAllocationTags")
        ? failure("ValidationException", "Linked account doesn't have access to cost allocation tags.")
        : undefined,
    );
    const { status, fix } = line(await examine(), "aws.cost-tags");
    assert.equal(status, "warning");
    assert.match(fix ?? "", /payer account/);
  });

  it("hides no other line where one right is missing, and names the right", async () => {
    proxy.rule(({ headers }) =>
      String(headers["x-amz-target"]).startsWith("ServiceQuotas")
        ? failure("AccessDeniedException", "User is not authorized to perform: servicequotas:GetServiceQuota")
        : undefined,
    );
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 4);
    assert.deepEqual(
      troubles(diagnosis).map(({ id, status }) => [id, status]),
      [
        ["aws.quota.spot.standard", "unknown"],
        ["aws.quota.on-demand.standard", "unknown"],
      ],
    );
    assert.match(line(diagnosis, "aws.quota.spot.standard").fix ?? "", /Grant servicequotas:GetServiceQuota/);
  });

  it("skips what only exists after the first deployment", async () => {
    const diagnosis = await examine({ ...STACK, environment: "fresh" });
    assert.equal(line(diagnosis, "aws.mails").status, "skipped");
    assert.equal(diagnosis.exitCode, 0);
  });
});
