import { BOOTSTRAP, environmentPrefix } from "../names.ts";
import type { Settings } from "./schema.ts";

/** Path, value and message of one thing that is wrong. */
type Fault = readonly [path: string, value: unknown, message: string];

/** What no field can know of itself. Settings that are broken in themselves are absent: one fault hides no other. */
export function* crossFieldFaults(settings: Partial<Settings>): Generator<Fault> {
  yield* environmentFaults(settings);
  yield* bucketFaults(settings);
  yield* accountFaults(settings);
  yield* githubFaults(settings);
}

/** Rights are cut by the beginning of names, so that no environment's names may begin like another's. */
function* environmentFaults({ environments = [], pullRequests }: Partial<Settings>): Generator<Fault> {
  const names = environments.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    const path = `environments[${String(index)}].name`;
    if (name === BOOTSTRAP) yield [path, name, "is the name of this project's own resources; take another"];
    if (names.indexOf(name) < index) yield [path, name, "must not be named twice"];
    const shorter = names.find((other) => name.startsWith(`${other}-`));
    if (shorter !== undefined)
      yield [
        path,
        name,
        `must not begin with ${shorter}-: the roles of ${shorter} would reach its resources`,
      ];
  }
  const handing = environments.findIndex(
    ({ name, readsSecrets }) => name === pullRequests && readsSecrets.length > 0,
  );
  if (handing >= 0)
    yield [
      `environments[${String(handing)}].readsSecrets`,
      environments[handing]?.readsSecrets,
      `must be empty: pull requests preview ${String(pullRequests)}, and code that nobody has reviewed would read them; hand secrets to GitHub from another stack`,
    ];
  if (names.length > 0 && pullRequests !== undefined && !names.includes(pullRequests))
    yield ["pullRequests", pullRequests, `must be one of the environments: ${names.join(", ")}`];
}

function* bucketFaults({ stateBucket, environments = [] }: Partial<Settings>): Generator<Fault> {
  const holder = environments.find(({ name }) => stateBucket?.startsWith(environmentPrefix(name)));
  if (holder !== undefined)
    yield [
      "stateBucket",
      stateBucket,
      `must not begin with ${environmentPrefix(holder.name)}: the deploy role of ${holder.name} administers such buckets`,
    ];
}

function* accountFaults({ awsAccount, administrators = [] }: Partial<Settings>): Generator<Fault> {
  if (awsAccount === undefined) return;
  for (const [index, arn] of administrators.entries())
    if (arn.split(":")[4] !== awsAccount)
      yield [`administrators[${String(index)}]`, arn, `must be of the account ${awsAccount}`];
}

function* githubFaults({ github }: Partial<Settings>): Generator<Fault> {
  if (github?.trustNames === false && github.ids === undefined)
    yield ["github.trustNames", false, "leaves no subject to trust: give github.ids too"];
}
