import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { differences, parseBinding, requireSame, type Binding } from "../../cli/delivery/binding.ts";
import { deployedCommit } from "../../cli/delivery/deployed.ts";
import { describePending, pendingOperations } from "../../cli/delivery/pending.ts";
import { releaseNotes } from "../../cli/delivery/release-notes.ts";
import { runOf, verdictOf } from "../../cli/delivery/run.ts";
import { resize } from "../../cli/delivery/size.ts";
import { GroundError } from "../../cli/errors.ts";
import { recordedLog } from "../comment/recording.ts";
import { recordedRun, runWith } from "../comment/samples.ts";
import { ROOT } from "../support/engine-plans.ts";

function failsWith(exitCode: number, message: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof GroundError && error.exitCode === exitCode && message.test(error.message);
}

describe("how a run is judged", () => {
  it("ends with 5 for a mandatory verdict, where the engine ends with 1", () => {
    assert.equal(verdictOf(recordedRun()).exitCode, 5);
  });

  it("ends with 7 for drift, 4 for a failure, 0 only with the log's end", () => {
    assert.equal(verdictOf(runWith([], { exitCode: 7 })).exitCode, 7);
    assert.equal(verdictOf(runWith([], { exitCode: 1 })).exitCode, 4);
    assert.equal(verdictOf(runWith([], { exitCode: 255 })).exitCode, 4);
    assert.equal(verdictOf(runWith([])).exitCode, 0);
    assert.equal(verdictOf(runWith([], { complete: false })).exitCode, 4);
  });

  it("does not take a log that was cut off for a whole one (FM-42)", () => {
    const log = recordedLog();
    const given = { stack: "dev", operation: "up", exitCode: 0 } as const;
    assert.equal(runOf(log.slice(0, log.length / 2), given).complete, false);
    assert.equal(runOf("", given).complete, false);
  });

  it("keeps neither values nor secrets in what leaves the machine (FM-65)", () => {
    const secret = "ghp_0123456789abcdefghij0123456789abcdef";
    const event = { diagnosticEvent: { severity: "error", message: `denied: token=${secret}` } };
    const run = runOf(`${recordedLog()}${JSON.stringify(event)}\n`, {
      stack: "dev",
      operation: "preview",
      exitCode: 1,
    });
    assert.deepEqual(run.errors, ["denied: token=[secret]"]);
    const text = JSON.stringify(run);
    assert.match(recordedLog(), /ami-0123456789abcdef1/, "the log has the values");
    assert.doesNotMatch(text, /ami-0123456789abcdef|commented-store/);
    assert.match(text, /httpTokens: \\"required\\"/, "a rule's words stay whole");
  });
});

describe("operations that were cut off (FM-42)", () => {
  const urn = "urn:pulumi:prod::proving-ground::aws:ec2/vpc:Vpc::net";
  const state = (type: string) => ({
    version: 3,
    deployment: { pending_operations: [{ type, resource: { urn, type: "aws:ec2/vpc:Vpc" } }] },
  });

  it("are named with the way out, which differs where nothing was being created", () => {
    const creating = describePending(pendingOperations(state("creating")), "prod");
    assert.match(creating, /creating {2}aws:ec2\/vpc:Vpc net/);
    assert.match(creating, /pulumi refresh --stack prod --clear-pending-creates/);
    assert.match(creating, /pulumi cancel --stack prod/);
    assert.doesNotMatch(
      describePending(pendingOperations(state("updating")), "prod"),
      /clear-pending-creates/,
    );
  });

  it("are none in a state without them", () => {
    assert.equal(describePending(pendingOperations({ deployment: {} }), "prod"), "");
    assert.equal(
      describePending(pendingOperations({ deployment: { pending_operations: null } }), "prod"),
      "",
    );
  });

  it("are not taken for none where the document is no state", () => {
    assert.throws(() => pendingOperations({}), failsWith(2, /Not a state/));
  });
});

describe("what an approval is for (FM-43)", () => {
  const approved: Binding = {
    stack: "prod",
    commit: "0".repeat(40),
    cli: "v3.260.0",
    plan: "1".repeat(64),
    stackFile: "2".repeat(64),
    policyPack: "3".repeat(64),
  };

  it("is the same only when every part is", () => {
    assert.doesNotThrow(() => {
      requireSame(approved, { ...approved });
    });
    const others: Binding = {
      stack: "staging",
      commit: "f".repeat(40),
      cli: "v3.261.0",
      plan: "a".repeat(64),
      stackFile: "b".repeat(64),
      policyPack: "c".repeat(64),
    };
    for (const part of Object.keys(approved)) {
      const now = {
        ...approved,
        ...Object.fromEntries(Object.entries(others).filter(([key]) => key === part)),
      };
      assert.throws(
        () => {
          requireSame(approved, now);
        },
        failsWith(7, /nothing has been changed/),
        part,
      );
    }
    assert.equal(differences(approved, others).length, Object.keys(approved).length);
  });

  it("is refused where it is missing or has been tampered with", () => {
    for (const text of ["", "null", "{}", JSON.stringify({ ...approved, extra: 1 }), "{"])
      assert.throws(() => parseBinding(text), failsWith(2, /Not a binding/), text);
    assert.deepEqual(parseBinding(JSON.stringify(approved)), approved);
  });
});

describe("the commit that is deployed", () => {
  const entry = (kind: string, head?: string) => ({
    kind,
    result: "succeeded",
    environment: head === undefined ? {} : { "git.head": head },
  });
  const commit = "0".repeat(39);

  it("is that of the newest deployment, whatever was refreshed or imported since", () => {
    const history = [
      entry("refresh", `${commit}1`),
      entry("update", `${commit}2`),
      entry("update", `${commit}3`),
    ];
    assert.equal(deployedCommit(history), `${commit}2`);
  });

  it("is unknown where there was none, or none from a checkout, or where it is no commit", () => {
    for (const history of [
      [],
      [entry("refresh", `${commit}1`)],
      [entry("update")],
      [entry("update", "main; x")],
    ])
      assert.equal(deployedCommit(history), undefined);
  });

  it("is not taken from what is no history", () => {
    assert.throws(() => deployedCommit({}), failsWith(2, /Not a history/));
  });
});

describe("a size that is not the committed one", () => {
  it("replaces the word alone, in every stack file of the project", () => {
    for (const stack of ["dev", "staging", "prod"]) {
      const text = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
      const { before, text: after } = resize(text, "medium", stack);
      assert.equal(after.replace(/size: medium/, `size: ${before}`), text);
    }
  });

  it("keeps comments, quotation and flow style", () => {
    const text = 'config:\n  # why\n  proving-ground:cluster: {"size": "small", hoursPerDay: 4} # so\n';
    assert.equal(
      resize(text, "large", "x").text,
      'config:\n  # why\n  proving-ground:cluster: {"size": large, hoursPerDay: 4} # so\n',
    );
  });

  it("is refused where there is no cluster", () => {
    for (const text of ["config: {}\n", "config:\n  proving-ground:cluster: {}\n", "[]\n"])
      assert.throws(
        () => resize(text, "large", "x.yaml"),
        failsWith(2, /x\.yaml: has no cluster size/),
        text,
      );
  });
});

describe("the notes of a release", () => {
  const changelog =
    "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-21\n\n### Added\n\n- A thing.\n\n## [1.1.0]\n\n- Old.\n";

  it("are the version's section", () => {
    assert.equal(releaseNotes("v1.2.0", "1.2.0", changelog), "### Added\n\n- A thing.\n");
  });

  it("are refused, with every reason at once", () => {
    const open = changelog.replace("## [Unreleased]\n", "## [Unreleased]\n\n- Forgotten.\n");
    assert.throws(
      () => releaseNotes("v1.3.0", "1.4.0", open),
      failsWith(2, /the tag is v1\.3\.0[\s\S]*no section "## \[1\.4\.0\]"[\s\S]*move them/),
    );
    assert.throws(
      () => releaseNotes("v1.0.0", "1.0.0", "## [1.0.0]\n\n## [0.9.0]\n\n- x\n"),
      failsWith(2, /is empty/),
    );
  });
});
