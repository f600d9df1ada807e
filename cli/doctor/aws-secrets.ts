import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { StackSettings } from "../../infra/settings/schema.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { Check, Finding } from "./check.ts";

/** How a secret stands, told by its description alone: no value is ever read. */
export type SecretState = "ready" | "empty" | "missing" | "being deleted";

interface WantedSecret {
  readonly name: string;
  /** What breaks without it: `up` itself, or only the hosts. */
  readonly readBy: "up" | "hosts";
}

/** Whether every secret that the stack names is there and has a value (FM-66); none where it names none. */
export function secretsCheck(settings: StackSettings, account: AwsAccount): readonly Check[] {
  const wanted = secretsWanted(settings);
  if (wanted.length === 0) return [];
  return [
    {
      id: "aws.secrets",
      title: "Secrets",
      side: "aws",
      rights: "secretsmanager:DescribeSecret",
      async look() {
        await account.ready();
        const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
        const client = new SecretsManagerClient({ ...account.client, region: account.region });
        const states = await Promise.all(
          wanted.map(async (secret) => ({ ...secret, state: await stateOf(client, secret.name) })),
        );
        return secretsFinding(states, settings.hosts && settings.secrets.create);
      },
    },
  ];
}

export function secretsWanted(settings: StackSettings): WantedSecret[] {
  const ofHosts = settings.hosts ? settings.secrets.names : [];
  const ofRepositories = Object.values(settings.governance?.repositories ?? {}).flatMap((repository) =>
    [...Object.values(repository.secrets), ...Object.values(repository.dependabotSecrets)].flatMap(
      (source) => ("secretsManager" in source ? [source.secretsManager] : []),
    ),
  );
  const byName = new Map<string, WantedSecret>(ofHosts.map((name) => [name, { name, readBy: "hosts" }]));
  for (const name of ofRepositories) byName.set(name, { name, readBy: "up" });
  return [...byName.values()];
}

async function stateOf(client: SecretsManagerClient, name: string): Promise<SecretState> {
  const { DescribeSecretCommand, ResourceNotFoundException } =
    await import("@aws-sdk/client-secrets-manager");
  try {
    const { DeletedDate, VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId: name }),
    );
    if (DeletedDate !== undefined) return "being deleted";
    return Object.values(VersionIdsToStages).some((stages) => stages.includes("AWSCURRENT"))
      ? "ready"
      : "empty";
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return "missing";
    throw error;
  }
}

/** @param created true where the stack's own `up` makes the hosts' secrets, empty */
export function secretsFinding(
  secrets: readonly (WantedSecret & { readonly state: SecretState })[],
  created: boolean,
): Finding {
  const bad = secrets.filter(
    ({ state, readBy }) => state !== "ready" && !(created && readBy === "hosts" && state === "missing"),
  );
  const toMake = secrets.filter((secret) => secret.state === "missing" && !bad.includes(secret));
  const ready = secrets.filter(({ state }) => state === "ready").map(({ name }) => name);
  if (bad.length === 0) {
    const made = toMake.length === 0 ? [] : [`made by \`up\`: ${toMake.map(({ name }) => name).join(", ")}`];
    return {
      status: "ok",
      found: [...(ready.length === 0 ? [] : [`with a value: ${ready.join(", ")}`]), ...made].join("; "),
    };
  }
  return {
    status: "failed",
    found: bad.map(({ name, state }) => `${name} is ${STATES[state]}`).join(", "),
    fix: [...new Set(bad.map(({ state }) => FIXES[state]))].join(" "),
  };
}

const STATES: Readonly<Record<SecretState, string>> = {
  ready: "ready",
  empty: "without a value",
  missing: "missing",
  "being deleted": "scheduled for deletion",
};

const FIXES: Readonly<Record<SecretState, string>> = {
  ready: "",
  empty: "Put a value in: aws secretsmanager put-secret-value --secret-id NAME --secret-string file://FILE.",
  missing:
    "Make it: aws secretsmanager create-secret --name NAME --secret-string file://FILE, or the stack with secrets.create first.",
  "being deleted": "Bring it back: aws secretsmanager restore-secret --secret-id NAME.",
};
