import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Governance } from "../../infra/components/governance.ts";
import { governanceSchema } from "../../infra/settings/governance.ts";
import { governanceProblems } from "../../infra/settings/governance-rules.ts";
import { actorReferences } from "../../infra/settings/governance-actors.ts";
import { secretReferences } from "../../infra/settings/governance-secrets.ts";
import { recordComponent, remembered, type RecordedComponent } from "../support/components.ts";

export const CANARY = "canary-9f3b";
export const VARIABLE = "github:index/actionsVariable:ActionsVariable";
export const REPOSITORY = "github:index/repository:Repository";

/** The settings of one repository `app` and its owner, checked. */
export function governanceOf(repository: object, owner: object = {}) {
  const settings = governanceSchema.parse({
    owner: "octo",
    ownerKind: "user",
    repositories: { app: { details: { visibility: "public" }, ...repository } },
    ...owner,
  });
  assert.deepEqual([...governanceProblems(settings)], []);
  return settings;
}

export const governed = remembered((repository: object, owner: object = {}): Promise<RecordedComponent> => {
  const settings = governanceOf(repository, owner);
  return recordComponent((opts) => {
    const sources = secretReferences(settings).map(({ source }) => source);
    const configSecrets = new Map(
      sources.flatMap((source) =>
        "config" in source ? [[source.config, pulumi.secret(`${CANARY} ${source.config}`)] as const] : [],
      ),
    );
    const actors = actorReferences(settings);
    return new Governance(
      "governance",
      { settings, sources, actors, configSecrets, awsProvider: undefined },
      opts,
    );
  });
});

export const ORGANIZATION = { ownerKind: "organization", plan: "team" };

/** What every governance is made of besides what its settings ask for. */
export const ALWAYS = [
  `${VARIABLE} governance-app-claim`,
  `${REPOSITORY} governance-app-repository`,
  "proving-ground:infra:Governance governance",
  "proving-ground:infra:GovernedRepository governance-app",
  "pulumi:providers:github governance-provider",
  "random:index/randomBytes:RandomBytes governance-salt",
];

/** The resources beyond those, without the prefix of their names. */
export async function children(repository: object, owner?: object): Promise<string[]> {
  const { lines } = await governed(repository, owner);
  for (const line of ALWAYS) assert.ok(lines.includes(line), `${line} among:\n${lines.join("\n")}`);
  return lines
    .filter((line) => !ALWAYS.includes(line))
    .map((line) => line.replace(/^github:index\/\w+:/, "").replace("governance-app-", ""));
}

/** True where one resource waits for another, itself or through others. */
export function dependsOn(recorded: RecordedComponent, name: string, other: string): boolean {
  const byName = new Map(recorded.records.map((record) => [record.name, record]));
  const byUrn = new Map(recorded.records.map((record) => [record.urn, record.name]));
  const seen = new Set<string>();
  const visit = (current: string): boolean => {
    if (seen.has(current)) return false;
    seen.add(current);
    const needed = (byName.get(current)?.dependencies ?? []).flatMap((urn) => byUrn.get(urn) ?? []);
    return needed.some((one) => one === other || visit(one));
  };
  return visit(name);
}
