import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../support/engine-plans.ts";

const stepSchema = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.unknown()).optional(),
});

const jobSchema = z.object({
  name: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  permissions: z.record(z.string(), z.string()),
  environment: z.string().optional(),
  "timeout-minutes": z.number().optional(),
  steps: z.array(stepSchema).default([]),
  with: z.record(z.string(), z.unknown()).optional(),
  secrets: z.unknown().optional(),
});

const workflowSchema = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  defaults: z.object({ run: z.object({ shell: z.string() }) }),
  concurrency: z.object({ group: z.string(), "cancel-in-progress": z.boolean() }).optional(),
  jobs: z.record(z.string(), jobSchema),
});

type Workflow = z.infer<typeof workflowSchema>;
type Job = z.infer<typeof jobSchema>;

const FOLDER = join(ROOT, ".github/workflows");
const names = readdirSync(FOLDER).map((file) => basename(file, ".yml"));

function workflow(name: string): Workflow {
  return workflowSchema.parse(parse(readFileSync(join(FOLDER, `${name}.yml`), "utf8")));
}

function job(name: string, id: string): Job {
  const found = workflow(name).jobs[id];
  assert.ok(found !== undefined, `${name} has no job ${id}`);
  return found;
}

/** Every text file below .github, by path. */
const texts = new Map(
  readdirSync(join(ROOT, ".github"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "utf8")]),
);

const FROM_HERE = "github.event.pull_request.head.repo.full_name == github.repository";

describe("the workflows' structure", () => {
  it("there is one for each thing that is delivered", () => {
    assert.deepEqual(names.toSorted(), [
      "ci",
      "cleanup",
      "deploy",
      "deploy-dev",
      "deploy-prod",
      "drift",
      "preview",
      "release",
    ]);
  });

  it("every foreign action is pinned by commit, with its version beside it, the same everywhere", () => {
    const pins = new Map<string, Set<string>>();
    for (const [file, text] of texts)
      for (const [line, action = ""] of text.matchAll(/^\s*(?:- )?uses: (\S+).*$/gm)) {
        if (action.startsWith("./")) continue;
        assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line.trim()}`);
        const [name = "", pin = ""] = action.split("@");
        pins.set(name, (pins.get(name) ?? new Set()).add(pin));
      }
    assert.ok(pins.size > 0, "no action was found: the search is broken");
    for (const [name, found] of pins) assert.equal(found.size, 1, `${name} has several pins`);
  });

  for (const name of names) {
    const { jobs, ...top } = workflow(name);

    it(`${name}: no right unless a job asks for it, a time limit each, a shell that sees a failing pipe`, () => {
      assert.deepEqual(top.permissions, {});
      assert.equal(top.defaults.run.shell, "bash");
      for (const [id, { uses, "timeout-minutes": limit }] of Object.entries(jobs))
        assert.ok(uses !== undefined || (limit ?? 0) > 0, `${id} has no time limit`);
    });

    it(`${name}: no checkout keeps the token, and every own action comes from a checkout`, () => {
      for (const [id, { steps }] of Object.entries(jobs)) {
        const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@") === true);
        for (const checkout of checkouts) assert.equal(checkout.with?.["persist-credentials"], false, id);
        const own = steps.findIndex(({ uses }) => uses?.startsWith("./") === true);
        const [first] = checkouts;
        if (own !== -1) assert.ok(first !== undefined && steps.indexOf(first) < own, id);
        assert.equal(first?.with?.["ref"], undefined, `${id} checks another commit out first`);
      }
    });

    it(`${name}: no expression stands in a script, where its text would be run`, () => {
      for (const [id, { steps }] of Object.entries(jobs))
        for (const { run = "" } of steps) assert.doesNotMatch(run, /\$\{\{/, id);
    });

    it(`${name}: only jobs that take a role may ask for a token, and none of them may write to GitHub`, () => {
      for (const [id, { permissions, steps, uses }] of Object.entries(jobs)) {
        if (uses !== undefined || permissions["attestations"] === "write") continue;
        const takesRole = steps.some(({ uses: action = "" }) =>
          /actions\/engine$|configure-aws-credentials@/.test(action),
        );
        assert.equal(permissions["id-token"] === "write", takesRole, id);
        const writes = Object.entries(permissions).filter(
          ([right, level]) => level === "write" && right !== "id-token",
        );
        if (takesRole) assert.deepEqual(writes, [], `${id} takes a role and writes to GitHub`);
      }
    });
  }

  it("nothing runs on pull_request_target or workflow_run, and no secret is handed on wholesale (FM-63)", () => {
    for (const name of names) {
      const { on, jobs } = workflow(name);
      for (const event of ["pull_request_target", "workflow_run", "issue_comment"])
        assert.equal(on[event], undefined, name);
      for (const { secrets } of Object.values(jobs)) assert.notEqual(secrets, "inherit", name);
    }
  });

  it("of a fork's pull request only lint and the offline plan run, without token, role or secret (FM-63)", () => {
    for (const name of names) {
      const { on, jobs } = workflow(name);
      if (on["pull_request"] === undefined) continue;
      for (const [id, { if: condition = "", permissions, steps }] of Object.entries(jobs)) {
        if (condition.includes(FROM_HERE)) {
          assert.doesNotMatch(condition, /\|\|/, `${name} ${id}: the guard can be gone around`);
          continue;
        }
        assert.deepEqual(permissions, { contents: "read" }, `${name} ${id}`);
        assert.doesNotMatch(JSON.stringify(steps), /secrets\.|github\.token|vars\./, `${name} ${id}`);
      }
    }
    assert.deepEqual(
      Object.entries(workflow("preview").jobs)
        .filter(([, { if: condition = "" }]) => !condition.includes(FROM_HERE))
        .map(([id]) => id),
      ["offline"],
    );
  });

  it("nothing ends a running deployment: one group per environment, never cancelled", () => {
    for (const name of ["deploy-dev", "deploy-prod", "drift", "cleanup", "release"])
      assert.equal(workflow(name).concurrency?.["cancel-in-progress"], false, name);
    assert.equal(workflow("deploy-dev").concurrency?.group, "deploy-dev");
    assert.equal(workflow("deploy-prod").concurrency?.group, "deploy-${{ inputs.environment }}");
    assert.equal(
      workflow("deploy").concurrency,
      undefined,
      "it would wait for its caller, which waits for it",
    );
    const callers = names.filter((name) =>
      Object.values(workflow(name).jobs).some(({ uses }) => uses === "./.github/workflows/deploy.yml"),
    );
    assert.deepEqual(callers.toSorted(), ["deploy-dev", "deploy-prod"]);
  });

  it("up always makes its preview, by the saved plan and with the policy pack (FM-43)", () => {
    for (const [file, text] of texts) assert.doesNotMatch(text, /--skip-preview|-f\b.*pulumi up/, file);
    const ups = [...texts].filter(([, text]) => /^\s*pulumi up /m.test(text)).map(([file]) => basename(file));
    assert.deepEqual(ups, ["up.sh"]);
    const script = readFileSync(join(ROOT, ".github/scripts/up.sh"), "utf8");
    for (const word of ["--plan", "--policy-pack policies", "--yes"]) assert.ok(script.includes(word), word);
    const order = job("deploy", "up").steps.map(({ name, uses }) => name ?? uses ?? "");
    const positions = ["It is what was approved", "No earlier deployment was cut off", "Up, by the plan"].map(
      (name) => order.indexOf(name),
    );
    assert.ok(
      positions.every((position) => position >= 0),
      order.join(", "),
    );
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
      "checked after it was applied",
    );
  });

  it("each job of a deployment waits for the one before it, and says what to do when it fails", () => {
    const { jobs } = workflow("deploy");
    const ids = ["validate-config", "build-and-test", "preview", "up", "deploy-binaries", "verify"];
    assert.deepEqual(Object.keys(jobs), ids);
    for (const [index, id] of ids.entries()) {
      const { needs, if: condition, steps } = job("deploy", id);
      assert.equal(needs, ids[index - 1], id);
      assert.equal(condition, undefined, `${id} could run after a failure`);
      const last = steps.at(-1);
      assert.ok(last !== undefined, id);
      assert.equal(last.if, "failure()", id);
      assert.match(last.run ?? "", /::error title=/, id);
    }
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
      ["deploy-binaries", "${{ inputs.stack }}"],
      ["verify", "${{ inputs.stack }}"],
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

  it("no event log leaves the machine that made it: the engine writes secrets into it (FM-65)", () => {
    for (const name of names)
      for (const [id, { steps }] of Object.entries(workflow(name).jobs))
        for (const { uses = "", with: options } of steps)
          if (uses.startsWith("actions/upload-artifact@"))
            assert.doesNotMatch(
              String(options?.["path"]),
              /event|ndjson|state|\$\{\{ runner\.temp \}\}$/,
              `${name} ${id}`,
            );
    const scripts = [...texts].filter(([, text]) => /^\s*(?:code=0\n)?pulumi (?:preview|up) /m.test(text));
    assert.ok(scripts.length >= 2);
    for (const [file, text] of scripts) assert.match(text, /log="\$RUNNER_TEMP\/events\.ndjson"/, file);
  });

  it("only a workflow that releases may make a release, by a job that runs no code of the project", () => {
    const publish = job("release", "publish");
    assert.equal(publish.needs, "build");
    assert.deepEqual(publish.permissions, { contents: "write", "id-token": "write", attestations: "write" });
    for (const { uses = "", run = "" } of publish.steps)
      assert.doesNotMatch(`${uses}${run}`, /checkout|npm |node |\.\//);
    assert.deepEqual(job("release", "build").permissions, { contents: "read" });
  });
});
