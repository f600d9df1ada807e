import { gunzipSync } from "node:zlib";
import { listOf, tableOf, valueAt } from "../model/inputs.ts";
import type { ResourceRecord } from "../model/resource.ts";

/** A text of a resource that people without a right to secrets can read. */
export interface ReadableText {
  /** Input, for messages. */
  readonly where: string;
  readonly text: string;
  /** Name the text is the value of: a bare value named `DB_PASSWORD` is a secret by its name. */
  readonly name?: string;
}

/** Decompressed user data is read up to this many bytes; AWS takes 16 KiB of the compressed. */
const MOST_BYTES = 1_048_576;

export function readableTexts({ type, inputs }: ResourceRecord): ReadableText[] {
  return [
    ...ownTexts(type, inputs),
    ...textsUnder(inputs["tags"], "tags"),
    ...textsUnder(inputs["tagSpecifications"], "tagSpecifications"),
  ];
}

function ownTexts(type: string, inputs: ResourceRecord["inputs"]): ReadableText[] {
  switch (type) {
    case "aws:ec2/instance:Instance":
    case "aws:ec2/launchConfiguration:LaunchConfiguration":
    case "aws:ec2/launchTemplate:LaunchTemplate":
    case "aws:ec2/spotInstanceRequest:SpotInstanceRequest":
      return ["userData", "userDataBase64"].flatMap((where) =>
        textsUnder(inputs[where], where).map((found) => ({ ...found, text: decoded(found.text) })),
      );
    case "aws:lambda/function:Function":
      return Object.entries(tableOf(valueAt(inputs["environment"], "variables"))).flatMap(([name, value]) =>
        typeof value === "string" ? [{ where: `environment variable ${name}`, text: value, name }] : [],
      );
    case "aws:ecs/taskDefinition:TaskDefinition":
      return containerTexts(inputs["containerDefinitions"]);
    case "aws:ssm/parameter:Parameter":
      // An unknown type may be String.
      return inputs["type"] === "SecureString"
        ? []
        : ["value", "insecureValue"].flatMap((where) =>
            textsUnder(inputs[where], where).map((found) => ({ ...found, name: lastPart(inputs["name"]) })),
          );
    case "github:index/actionsVariable:ActionsVariable":
    case "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable":
    case "github:index/actionsOrganizationVariable:ActionsOrganizationVariable":
      return textsUnder(inputs["value"], "value").map((found) => ({
        ...found,
        name: lastPart(inputs["variableName"]),
      }));
    case "github:index/repository:Repository":
      return textsIn(inputs, ["description", "homepageUrl", "topics"]);
    case "github:index/issueLabel:IssueLabel":
      return textsIn(inputs, ["name", "description"]);
    case "github:index/issueLabels:IssueLabels":
      return textsIn(inputs, ["labels"]);
    case "github:index/repositoryFile:RepositoryFile":
      return textsIn(inputs, ["content", "commitMessage"]);
    case "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions":
      return textsIn(inputs, ["allowedActionsConfig"]);
    default:
      return [];
  }
}

function textsIn(inputs: ResourceRecord["inputs"], properties: readonly string[]): ReadableText[] {
  return properties.flatMap((property) => textsUnder(inputs[property], property));
}

/** Variables by their names, and all other texts: commands and labels hold secrets too. */
function containerTexts(definitions: unknown): ReadableText[] {
  const where = "containerDefinitions";
  if (typeof definitions !== "string") return textsUnder(definitions, where);
  try {
    return listOf(JSON.parse(definitions)).flatMap((container) => {
      const { environment, ...others } = tableOf(container);
      const variables = listOf(environment).flatMap((entry) => {
        const { name, value } = tableOf(entry);
        return typeof name === "string" && typeof value === "string"
          ? [{ where: `environment variable ${name}`, text: value, name }]
          : [];
      });
      return [...variables, ...textsUnder(others, where)];
    });
  } catch {
    return [{ where, text: definitions }];
  }
}

function lastPart(name: unknown): string {
  return typeof name === "string" ? (name.split("/").at(-1) ?? "") : "";
}

function textsUnder(value: unknown, where: string): ReadableText[] {
  if (typeof value === "string") return [{ where, text: value }];
  const parts = Array.isArray(value) ? listOf(value) : Object.values(tableOf(value));
  return parts.flatMap((part) => textsUnder(part, where));
}

/** User data as the host will see it: launch templates carry it in Base64, and it may be compressed. */
function decoded(text: string): string {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) return text;
  const bytes = Buffer.from(text, "base64");
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString();
  return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString();
}
