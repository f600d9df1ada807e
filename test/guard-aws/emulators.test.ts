import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Capacity } from "../support/aws-capacity.ts";
import { Groups } from "../support/aws-groups.ts";
import { Instances } from "../support/aws-instances.ts";
import { SuspendedProcesses } from "../support/aws-suspended.ts";
import { tables } from "../support/aws-tables.ts";

/** The rows of a section, without the spaces that only align them. */
function rowsOf(heading: string): string[] {
  const text = readFileSync("docs/emulators.md", "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? assert.fail(heading);
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.replaceAll(/\s+/g, " "));
}

describe("docs/emulators.md", () => {
  const row = ({ what, source }: { readonly what: string; readonly source: string }): string =>
    `| ${what} | ${source} |`;

  it("lists every rule before an emulator with its source", () => {
    const groups = new Groups();
    const rules = [
      new Capacity(groups),
      ...groups.imitations,
      ...new Instances(groups).imitations,
      ...tables(),
    ];
    assert.deepEqual(rowsOf("Rules before moto"), rules.map(row));
    assert.deepEqual(rowsOf("Rules before ministack"), [row(new SuspendedProcesses())]);
  });
});
