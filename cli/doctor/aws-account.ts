import type { EC2Client, Instance } from "@aws-sdk/client-ec2";
import type { AwsOptions } from "../prices/aws.ts";
import { isRefusal, refusalWords } from "../aws-errors.ts";
import { Blocked, NoCredentials } from "./check.ts";

export interface Identity {
  /** Account number, 12 digits. */
  readonly account: string;
  readonly arn: string;
}

/** What AWS's clock said in its answer, against this machine's at that moment; milliseconds, above 0 where this machine is late. */
export type ClockOffset = number | undefined;

export interface AwsAccountOptions {
  readonly region: string;
  /** The only account that may be changed, where the stack names it. */
  readonly expected?: string | undefined;
  readonly client: AwsOptions;
  /** This machine's clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** The account behind the credentials, asked once however many checks build on it. The SDK is imported at the first question. */
export class AwsAccount {
  readonly region: string;
  readonly expected: string | undefined;
  readonly client: AwsOptions;
  readonly #now: () => number;
  #identity: Promise<Identity> | undefined;
  #instances: Promise<readonly Instance[]> | undefined;
  #vcpus = new Map<string, Promise<ReadonlyMap<string, number>>>();
  #ec2: Promise<EC2Client> | undefined;
  #offset: ClockOffset;

  constructor({ region, expected, client, now }: AwsAccountOptions) {
    this.region = region;
    this.expected = expected;
    this.client = client;
    this.#now = now;
  }

  /** @throws NoCredentials where AWS, or the SDK before it, does not accept whoever asks. */
  identity(): Promise<Identity> {
    this.#identity ??= this.#ask();
    return this.#identity;
  }

  /** Milliseconds, known after `identity`, even where that refused. */
  async clockOffset(): Promise<ClockOffset> {
    await this.identity().catch(() => undefined);
    return this.#offset;
  }

  /** @throws Blocked where there are no credentials, or they are for another account than the stack's. */
  async ready(): Promise<Identity> {
    try {
      const identity = await this.identity();
      if (this.expected === undefined || this.expected === identity.account) return identity;
    } catch (error) {
      if (!(error instanceof NoCredentials)) throw error;
      throw new Blocked("needs AWS credentials, see above", { cause: "credentials" });
    }
    throw new Blocked("the credentials are for another account, see above");
  }

  async ec2(): Promise<EC2Client> {
    this.#ec2 ??= import("@aws-sdk/client-ec2").then(
      ({ EC2Client }) => new EC2Client({ ...this.client, region: this.region }),
    );
    return this.#ec2;
  }

  /** Instances that count against a quota now: running and pending ones of the region. */
  instances(): Promise<readonly Instance[]> {
    this.#instances ??= this.#runningInstances();
    return this.#instances;
  }

  /** vCPUs of instance types, without those that the region does not know. */
  vcpus(types: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const wanted = [...new Set(types)].sort();
    const key = wanted.join(" ");
    const known = this.#vcpus.get(key) ?? this.#describeTypes(wanted);
    this.#vcpus.set(key, known);
    return known;
  }

  async #ask(): Promise<Identity> {
    const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
    const client = new STSClient({ ...this.client, region: this.region });
    client.middlewareStack.add(
      (next) => async (args) => {
        const asked = this.#now();
        const result = await next(args);
        this.#keepOffset(result.response, asked);
        return result;
      },
      // Right around the request itself: behind the SDK's retries, before an answer becomes an error.
      { step: "deserialize", priority: "low", name: "groundClock" },
    );
    try {
      const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
      if (Account === undefined || Arn === undefined) throw new Error("STS named no account");
      return { account: Account, arn: Arn };
    } catch (error) {
      if (!isRefusal(error) && !isSignatureRefusal(error)) throw error;
      throw new NoCredentials(
        `${refusalWords(error)} (${error.name}: ${error.message.split("\n", 1)[0] ?? ""})`,
        'Set AWS_PROFILE, or sign in with "aws sso login".',
      );
    }
  }

  /** The first answer counts: later ones may come after the SDK has set its own clock right. */
  #keepOffset(response: unknown, asked: number): void {
    if (this.#offset !== undefined) return;
    const date = headerOf(response, "date");
    const told = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isNaN(told)) return;
    // The header has whole seconds: half of one more is as likely as half less.
    this.#offset = told + 500 - (asked + this.#now()) / 2;
  }

  async #runningInstances(): Promise<readonly Instance[]> {
    const [{ paginateDescribeInstances }, client] = await Promise.all([
      import("@aws-sdk/client-ec2"),
      this.ec2(),
    ]);
    const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
    const found: Instance[] = [];
    for await (const page of paginateDescribeInstances({ client }, { Filters, MaxResults: 1000 }))
      found.push(...(page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances));
    return found;
  }

  async #describeTypes(types: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const [{ paginateDescribeInstanceTypes }, client] = await Promise.all([
      import("@aws-sdk/client-ec2"),
      this.ec2(),
    ]);
    const known = new Map<string, number>();
    // By filter: asked for by name, one unknown type fails the whole call. A filter takes 200 values.
    for (let from = 0; from < types.length; from += 200) {
      const Filters = [{ Name: "instance-type", Values: types.slice(from, from + 200) }];
      for await (const page of paginateDescribeInstanceTypes({ client }, { Filters }))
        for (const { InstanceType, VCpuInfo } of page.InstanceTypes ?? [])
          if (InstanceType !== undefined && VCpuInfo?.DefaultVCpus !== undefined)
            known.set(InstanceType, VCpuInfo.DefaultVCpus);
    }
    return known;
  }
}

/** What a wrong secret key, or a clock that is far off, gets for an answer. */
function isSignatureRefusal(error: unknown): error is Error {
  return (
    error instanceof Error &&
    ["SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed"].includes(error.name)
  );
}

function headerOf(response: unknown, name: string): string | undefined {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== "object" || headers === null) return undefined;
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return typeof entry?.[1] === "string" ? entry[1] : undefined;
}
