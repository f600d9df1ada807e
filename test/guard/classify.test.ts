import assert from "node:assert/strict";
import { TAGS } from "../../model/tags.ts";
import { classifier, isCounted, isStoppable } from "../../runtime/guard/classify.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { victimsOf } from "../../runtime/guard/decide.ts";
import type { ObservedInstance } from "../../runtime/guard/observations.ts";
import { AGENTS, CONFIG, groupOf, host, orchestrator, outsideGroups, tagsOf } from "./support.ts";

const classify = classifier(CONFIG);

function tagged(change: Readonly<Record<string, string>>): ObservedInstance["tags"] {
  return { ...tagsOf("on-demand"), ...change };
}

function withoutProject(life: "persistent" | "on-demand"): ObservedInstance["tags"] {
  return Object.fromEntries(Object.entries(tagsOf(life)).filter(([key]) => key !== TAGS.project));
}

describe("whose an instance is", () => {
  const WRONG: readonly (readonly [string, ObservedInstance["tags"]])[] = [
    ["another project", tagged({ [TAGS.project]: "other" })],
    ["a misspelt environment", tagged({ [TAGS.environment]: "Dev" })],
    ["an empty environment", tagged({ [TAGS.environment]: "" })],
  ];
  for (const [what, tags] of WRONG)
    it(`counts what has ${what} in its tags, and a slot's profile or the stack's network (FM-07)`, () => {
      const inNetwork = { ...outsideGroups(host("i-1", "storage-1")), tags };
      const elsewhere = { ...inNetwork, vpc: "vpc-other", profile: groupOf("storage-1") };
      for (const instance of [inNetwork, elsewhere]) {
        const claim = classify(instance);
        assert.equal(claim.kind, "stray");
        assert.deepEqual([isCounted(claim, CONFIG), isStoppable(claim)], [true, false]);
      }
    });

  it("counts what is named for its environment and another project, wherever it is (FM-07)", () => {
    const instance = outsideGroups(host("i-1", "storage-1", { vpc: "vpc-other" }));
    assert.equal(classify({ ...instance, tags: tagged({ [TAGS.project]: "other" }) }).kind, "stray");
  });

  it("leaves to another environment what nothing ties to the stack, and takes no tag for an empty one", () => {
    const instance = outsideGroups(host("i-1", "storage-1", { vpc: "vpc-other" }));
    assert.equal(classify({ ...instance, tags: tagged({ [TAGS.environment]: "prod" }) }).kind, "foreign");
    assert.equal(classify({ ...instance, tags: tagged({ [TAGS.environment]: "" }) }).kind, "unknown");
  });

  it("does not believe it may stop what its rights do not reach: without the project's tag (FM-07)", () => {
    const instance = { ...outsideGroups(host("i-1", "storage-1")), tags: withoutProject("on-demand") };
    assert.equal(classify(instance).kind, "stray");
    assert.equal(classify({ ...instance, tags: tagsOf("on-demand") }).kind, "tagged");
  });

  it("takes a host for persistent without the project's tag, even in a slot's group (FM-08)", () => {
    const instance = host("i-1", "storage-1", { tags: withoutProject("persistent") });
    assert.equal(classify(instance).kind, "persistent");
  });

  it("asks about what passes for a persistent host whose id is another (FM-08, FM-09)", () => {
    const persistent = CONFIG.persistent.map((one) => ({ ...one, instanceIds: ["i-orchestrator"] }));
    const asked = (config: GuardConfig) => {
      const seen = [
        orchestrator(),
        orchestrator({ id: "i-profile", type: "p4d.24xlarge" }),
        { ...outsideGroups(orchestrator({ id: "i-tag" })), tags: tagsOf("persistent", "another") },
      ];
      const running = seen.map((one) => ({ ...one, claim: classifier(config)(one) }));
      const { victims, ask } = victimsOf({ running, config });
      assert.deepEqual(victims, []);
      return ask.join();
    };
    assert.match(
      asked({ ...CONFIG, persistent }),
      /by profile or tag alone.*: i-profile \(p4d\.24xlarge, us-west-2\), i-tag \(c7a\.xlarge, us-west-2\)/,
    );
    assert.equal(asked(CONFIG), "", `ids of ${AGENTS} are not known: its profile has to do`);
  });
});
