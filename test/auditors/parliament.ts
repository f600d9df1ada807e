import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { offline } from "../support/python-tools.ts";
import type { PolicyDocument } from "./policy-documents.ts";
import type { Finding } from "./waivers.ts";

/** Reads documents, writes for each the findings; parliament's own command takes one file and prints prose. */
const PROGRAM = `
import json, sys, warnings
warnings.simplefilter("ignore")
from parliament import analyze_policy_string, enhance_finding
answers = []
for document in json.load(sys.stdin):
    policy = analyze_policy_string(document, ignore_private_auditors=True, include_community_auditors=True)
    answers.append([[f.issue, str(f.detail), json.dumps(f.location, default=str)] for f in policy.findings])
json.dump(answers, sys.stdout)
`;

type Answer = readonly (readonly [issue: string, detail: string, location: string])[];

/** Runs parliament once over all documents, each distinct one only once. */
export async function runParliament(
  python: string,
  documents: readonly PolicyDocument[],
): Promise<readonly Finding[]> {
  const texts = [...new Set(documents.map(({ document }) => document))];
  const { exitCode, stdout, stderr } = await offline(python, ["-W", "ignore", "-c", PROGRAM], {
    folder: tmpdir(),
    input: JSON.stringify(texts),
  });
  assert.equal(exitCode, 0, `parliament ended with ${String(exitCode)}: ${stderr}`);
  const answers = JSON.parse(stdout) as readonly Answer[];
  assert.equal(answers.length, texts.length, "parliament has read every document");
  const byText = new Map(texts.map((text, at) => [text, answers[at] ?? []]));
  return documents.flatMap(({ stack, resource, name, document }) =>
    (byText.get(document) ?? []).map(([check, detail, location]) => ({
      auditor: "parliament" as const,
      stack,
      check,
      resource,
      name,
      detail: `${detail} ${location}`.trim(),
    })),
  );
}
