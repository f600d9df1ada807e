/**
 * A resource as every reader of a plan sees it: the offline plan, the estimate, the policies under
 * the engine. It is the one shape that keeps their verdicts equal.
 */
export interface ResourceRecord {
  readonly urn: string;
  /** Pulumi token, for example `aws:autoscaling/group:Group`. */
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  /** URNs of everything this resource depends on, sorted, without repeats. */
  readonly dependencies: readonly string[];
  /** URNs each input depends on: how a group is traced to its subnets while their ids are unknown. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  /** True where giving it up in the program leaves it where it is; absent: it would be deleted. */
  readonly retainOnDelete?: true;
  /** Provider inputs in camelCase; for a component, the outputs it registered. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Shown in place of every secret value. */
export const SECRET = "[secret]";

/** Stands for a value that only AWS knows and nothing in the plan names. */
export const UNKNOWN = "[unknown]";

/** Marker of an output only AWS will know, for example `[dev-network-vpc.id]`. */
export function unknownOutput(resource: string, property: string): string {
  return `[${resource}.${property}]`;
}

const MARKER = /\[[A-Za-z0-9][\w./-]*\]/;
const WHOLE_MARKER = /^\[[A-Za-z0-9][\w./-]*\]$/;

/** True where the value, or a part of a text, is not known before AWS has been asked. */
export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && value !== SECRET && MARKER.test(value);
}

/** True where nothing of the value is known: the whole text is one marker. */
export function isWhollyUnknown(value: unknown): boolean {
  return typeof value === "string" && value !== SECRET && WHOLE_MARKER.test(value);
}
