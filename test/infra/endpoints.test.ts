import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SERVICE_ENDPOINTS } from "../../model/endpoints.ts";
import { statementsOf } from "../support/components.ts";
import { ROOT } from "../support/plans.ts";
import { recordSlot, STORAGE_1 } from "../support/slots.ts";

/** Command classes that a text imports from AWS's clients, by client: `{ ssm: ["PutParameterCommand"] }`. */
function clientImports(source: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, names = "", client = ""] of source.matchAll(
    /import\s+(?:type\s+)?([\w\s{},*]+?)\s+from\s+["']@aws-sdk\/client-([\w-]+)["']/g,
  )) {
    found.set(client, [...(found.get(client) ?? []), ...(names.match(/\b\w+Command\b/g) ?? [])]);
  }
  return found;
}

/** Clients whose service the model names no way to; spelling differs in dashes only (`secrets-manager`). */
function withoutWay(clients: Iterable<string>): string[] {
  const plain = (name: string) => name.replaceAll("-", "");
  const known = Object.keys(SERVICE_ENDPOINTS).map(plain);
  return [...clients].filter((client) => !known.includes(plain(client)));
}

const sources = readdirSync(join(ROOT, "runtime/host"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(ROOT, "runtime/host", file), "utf8"));
const imports = clientImports(sources.join("\n"));

describe("services that host programs call", () => {
  it("are read from their imports", () => {
    const example = `
      import { A, SendMessageCommand } from "@aws-sdk/client-sqs";
      import type { B } from "@aws-sdk/client-secrets-manager";
      import { readFile } from "node:fs/promises";`;
    assert.deepEqual(
      [...clientImports(example)],
      [
        ["sqs", ["SendMessageCommand"]],
        ["secrets-manager", []],
      ],
    );
    assert.deepEqual(withoutWay(clientImports(example).keys()), ["sqs"]);
    assert.ok(imports.has("ssm") && imports.has("route-53"), [...imports.keys()].join());
  });

  it("each have a way out of a private network: an endpoint or the NAT gateway", () => {
    assert.deepEqual(withoutWay(imports.keys()), []);
  });

  it("are each allowed by the rights of a slot, command by command", async () => {
    const prefixes: Readonly<Record<string, string>> = {
      "auto-scaling": "autoscaling",
      "route-53": "route53",
    };
    const policy = (await recordSlot(STORAGE_1)).inputs("aws:iam/rolePolicy:RolePolicy", "storage-1-rights")[
      "policy"
    ];
    const allowed = statementsOf(policy).flatMap(({ Action }) => Action);
    const called = [...imports].flatMap(([client, commands]) =>
      commands.map((command) => `${prefixes[client] ?? client}:${command.replace(/Command$/, "")}`),
    );
    assert.ok(called.length > 0);
    assert.deepEqual(
      called.filter((action) => !allowed.includes(action)),
      [],
    );
  });
});
