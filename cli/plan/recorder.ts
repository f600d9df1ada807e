import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { SECRET, type ResourceRecord } from "../../model/resource.ts";
import { withoutLooseEnds } from "./loose-ends.ts";
import { knownOutputs } from "./outputs.ts";
import { StandInNumbers } from "./stand-in-numbers.ts";
import { plainValue } from "./values.ts";

/** A registration request of the SDK, as far as a plan needs it (sdk: proto/resource.proto, RegisterResourceRequest). */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(visit: (value: { getUrnsList(): string[] }, key: string) => void): void;
  };
  getProtect(): boolean;
  getRetainondelete(): boolean;
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, unknown> } | undefined;
}

type Callback = (error: unknown, response: unknown) => void;
interface RegisterResponse {
  setUrn(urn: string): void;
}

/** What running a program without an engine brings to light. */
export interface Recording {
  readonly resources: readonly ResourceRecord[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface ProgramArgs {
  readonly project: string;
  readonly stack: string;
  /** Configuration as Pulumi's runtime keeps it: full keys, values as text. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  readonly program: () => Promise<Record<string, unknown>> | Record<string, unknown>;
}

/**
 * The SDK's mock monitor, which answers registrations in place of an engine, extended to keep what
 * mocks are not told: parents, dependencies, protection, and URNs of the engine's form (the mock
 * monitor shortens the chain of parent types to one).
 */
class RecordingMonitor extends MockMonitor {
  readonly records = new Map<string, ResourceRecord>();
  /** What went wrong in the order it did; what the SDK makes of it often lacks the message. */
  readonly failures: unknown[] = [];
  private readonly root: string;

  private readonly numbers: StandInNumbers;

  constructor(mocks: pulumi.runtime.Mocks, numbers: StandInNumbers, project: string, stack: string) {
    super(mocks);
    this.numbers = numbers;
    this.root = `urn:pulumi:${stack}::${project}::`;
  }

  override async registerResource(request: RegisterRequest, callback: Callback): Promise<void> {
    const urn = this.urnOf(request);
    if (this.records.has(urn)) {
      const failure = new Error(
        `duplicate resource URN ${urn}: two resources of one type and parent share a name`,
      );
      this.failures.push(failure);
      callback(failure, undefined);
      return;
    }
    this.records.set(urn, recordOf(urn, request, this.plain(request.getObject())));
    await super.registerResource(request, (error, response: RegisterResponse | undefined) => {
      if (error !== null) this.failures.push(error);
      response?.setUrn(urn);
      callback(error, response);
    });
  }

  override async invoke(request: unknown, callback: Callback): Promise<void> {
    await super.invoke(request, (error, response) => {
      if (error !== null) this.failures.push(error);
      callback(error, response);
    });
  }

  override registerResourceOutputs(request: OutputsRequest, callback: Callback): void {
    const record = this.records.get(request.getUrn());
    const outputs = this.plain(request.getOutputs());
    if (record !== undefined) this.records.set(record.urn, { ...record, inputs: outputs });
    callback(undefined, {});
  }

  private plain(
    values: { toJavaScript(): Record<string, unknown> } | undefined,
  ): Readonly<Record<string, unknown>> {
    const markerOf = (number: number) => this.numbers.markerOf(number);
    return plainValue(values?.toJavaScript() ?? {}, markerOf) as Record<string, unknown>;
  }

  private urnOf(request: RegisterRequest): string {
    const [, , parentTypes = ""] = request.getParent().split("::");
    const chain = parentTypes === "" || parentTypes === STACK_TYPE ? "" : `${parentTypes}$`;
    return `${this.root}${chain}${request.getType()}::${request.getName()}`;
  }
}

const STACK_TYPE = "pulumi:pulumi:Stack";

function recordOf(urn: string, request: RegisterRequest, inputs: ResourceRecord["inputs"]): ResourceRecord {
  const propertyDependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => {
    const urns = value.getUrnsList();
    if (urns.length > 0) propertyDependencies[key] = urns.toSorted();
  });
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent() === "" ? undefined : request.getParent(),
    dependencies: [...new Set(request.getDependenciesList())].sort(),
    propertyDependencies,
    protect: request.getProtect(),
    ...(request.getRetainondelete() ? { retainOnDelete: true } : {}),
    inputs,
  };
}

/**
 * Runs a Pulumi program through the SDK's own test runtime, as a preview: nothing is asked of AWS and
 * nothing is made. Outputs that only AWS knows become markers such as `[network-vpc.id]`.
 *
 * One recording at a time: the SDK's runtime is one per process. Further calls wait for their turn.
 *
 * @throws whatever the program threw, also inside `apply`; Error for a provider function without an
 * answer and for two resources of one URN.
 */
export function recordProgram(args: ProgramArgs): Promise<Recording> {
  const recording = turn.then(() => recordNow(args));
  turn = recording.catch(() => undefined);
  return recording;
}

/** The end of the recordings asked for so far; like the runtime it guards, one per process. */
let turn: Promise<unknown> = Promise.resolve();

async function recordNow({ project, stack, config, secretKeys, program }: ProgramArgs): Promise<Recording> {
  const numbers = new StandInNumbers();
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => knownOutputs(type, name, inputs as Record<string, unknown>),
    call: ({ token, inputs }) => knownAnswer(token, inputs as Record<string, unknown>, numbers),
  };
  const monitor = new RecordingMonitor(mocks, numbers, project, stack);
  // Not `setMocks`, which takes no monitor: what this one supports, the SDK asks it when the stack starts.
  pulumi.runtime.setMockOptions(monitor, project, stack, true);
  pulumi.runtime.setAllConfig({ ...config }, [...secretKeys]);
  await run(program, monitor);

  const resources = [...monitor.records.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  const outputs = resources.find((resource) => resource.type === STACK_TYPE)?.inputs ?? {};
  return {
    resources: resources.map((resource) =>
      resource.type === STACK_TYPE ? { ...resource, inputs: {} } : resource,
    ),
    outputs,
  };
}

async function run(program: ProgramArgs["program"], { failures }: RecordingMonitor): Promise<void> {
  try {
    await withoutLooseEnds(async () => {
      await pulumi.runtime.runInPulumiStack(async () => program());
      await pulumi.runtime.disconnect();
    });
  } catch (error) {
    throw failures[0] ?? error;
  }
}

/** A public key in place of GitHub's: what is sealed for it, the mark of secrets, is not shown either. */
const STAND_IN_KEY = Buffer.alloc(32, 9).toString("base64");

/** Answers of provider functions the program calls. A function not listed here fails by name. */
function knownAnswer(
  token: string,
  asked: Readonly<Record<string, unknown>>,
  numbers: StandInNumbers,
): Record<string, unknown> {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: "[aws.account]" };
    case "aws:ssm/getParameter:getParameter":
      return { value: "[aws.parameter]" };
    case "aws:secretsmanager/getSecretVersion:getSecretVersion":
      return { secretString: SECRET };
    case "github:index/getActionsPublicKey:getActionsPublicKey":
    case "github:index/getActionsEnvironmentPublicKey:getActionsEnvironmentPublicKey":
    case "github:index/getDependabotPublicKey:getDependabotPublicKey":
      return { key: STAND_IN_KEY, keyId: "[github.public-key-id]" };
    case "github:index/getTeam:getTeam":
      return { id: String(numbers.numberFor(`[team.${String(asked["slug"])}]`)) };
    case "github:index/getUser:getUser":
      return { id: String(numbers.numberFor(`[user.${String(asked["username"])}]`)) };
    default:
      throw new Error(
        `the offline plan has no answer for the provider function ${token}: add one to cli/plan/recorder.ts`,
      );
  }
}
