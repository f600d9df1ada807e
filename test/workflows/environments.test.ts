import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { recordBootstrap } from "../bootstrap/support.ts";
import { ROOT } from "../support/engine-plans.ts";
import { job, names, texts, workflow } from "./reading.ts";

describe("the workflows' environments and roles", () => {
  it("reviewers are asked once: of a deployment one job names their environment, and it alone deploys", () => {
    const asked = Object.entries(workflow("deploy").jobs).filter(
      ([, { environment }]) => environment === "${{ inputs.stack }}",
    );
    assert.deepEqual(
      asked.map(([id]) => id),
      ["up"],
    );
    for (const [id, { steps }] of Object.entries(workflow("deploy").jobs))
      assert.equal(
        steps.some(({ run = "" }) => run.includes("up.sh")),
        id === "up",
        id,
      );
    for (const id of ["size", "deploy"])
      assert.equal(job("deploy-prod", id).environment, undefined, `${id} would ask them again`);
  });

  it("jobs behind the approval are told the bucket, and open no state for it", () => {
    for (const id of ["deploy-binaries", "verify"]) {
      const { needs, steps } = job("deploy", id);
      assert.ok([needs].flat().includes("up"), `${id} cannot see what up says`);
      assert.ok(
        steps.some(({ env }) => env?.["BUCKET"] === "${{ needs.up.outputs.bucket }}"),
        id,
      );
      assert.ok(!steps.some(({ uses = "" }) => uses.endsWith("/engine")), `${id} opens the state`);
    }
    assert.deepEqual(job("deploy", "up").outputs, { bucket: "${{ steps.store.outputs.bucket }}" });
  });

  it("the roles that change something are behind their environments", () => {
    const environments = Object.entries(workflow("deploy").jobs).map(([id, { environment }]) => [
      id,
      environment,
    ]);
    assert.deepEqual(environments, [
      ["validate-config", undefined],
      ["build-and-test", undefined],
      ["preview", "${{ inputs.stack }}-preview"],
      ["up", "${{ inputs.stack }}"],
      ["deploy-binaries", "${{ inputs.stack }}-release"],
      ["verify", "${{ inputs.stack }}-preview"],
    ]);
    assert.deepEqual(job("deploy-prod", "deploy").with, {
      stack: "${{ inputs.environment }}",
    });
    assert.equal(job("cleanup", "delete").environment, "cleanup");
    assert.match(job("cleanup", "delete").if ?? "", /workflow_dispatch.* && inputs\.delete && /);
    for (const name of names)
      for (const [id, { environment, steps }] of Object.entries(workflow(name).jobs))
        if (JSON.stringify(steps).includes("vars.AWS_ROLE"))
          assert.ok(environment !== undefined, `${name} ${id} changes the account outside an environment`);
  });

  it("every role, variable and environment is one that the bootstrap's guide or this one's names", async () => {
    const guides = ["docs/delivery.md", "docs/bootstrap.md"].map((file) =>
      readFileSync(join(ROOT, file), "utf8"),
    );
    const used = new Set(
      [...texts.values()].flatMap((text) =>
        [...text.matchAll(/\b(?:vars|secrets)\.([A-Z_]+)/g)].map(([, name = ""]) => name),
      ),
    );
    assert.ok(used.size >= 6, [...used].join(", "));
    for (const name of used)
      assert.ok(
        guides.some((guide) => guide.includes(`\`${name}\``)),
        `${name}: in no guide`,
      );

    const taken = new Set<string>();
    for (const { jobs } of names.map(workflow))
      for (const { environment, permissions, steps } of Object.values(jobs)) {
        if (
          permissions["id-token"] !== "write" ||
          steps.length === 0 ||
          permissions["attestations"] !== undefined
        )
          continue;
        const stack = environment?.replace(/\$\{\{ (?:inputs|matrix)\.stack \}\}/, "dev");
        taken.add(stack === undefined ? "pull_request" : `environment:${stack}`);
      }
    const { resources } = await recordBootstrap();
    const trusted = JSON.stringify(resources.map(({ inputs }) => inputs["assumeRolePolicy"]));
    assert.deepEqual([...taken].sort(), [
      "environment:cleanup",
      "environment:dev",
      "environment:dev-preview",
      "environment:dev-release",
      "pull_request",
    ]);
    for (const context of taken) assert.ok(trusted.includes(`:${context}\\"`), `no role trusts ${context}`);
  });

  it("the guide makes every environment that a workflow names: GitHub would make one without rules", () => {
    const guide = readFileSync(join(ROOT, "docs/bootstrap.md"), "utf8");
    const [, list] = /^for NAME in (.+ cleanup); do$/m.exec(guide) ?? [];
    assert.ok(list !== undefined, "the guide has no list of environments");
    const made = spawnSync("bash", ["-c", `printf '%s\\n' ${list}`], { encoding: "utf8" }).stdout;
    const named = names
      .flatMap((name) => Object.values(workflow(name).jobs))
      .flatMap(({ environment }) => environment ?? [])
      .flatMap((environment) =>
        ["dev", "staging", "prod"].map((stack) => environment.replace(/\$\{\{ .*\.stack \}\}/, stack)),
      );
    assert.deepEqual(made.trim().split("\n").sort(), [...new Set(named)].sort());
  });
});
