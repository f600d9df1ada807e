import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../support/engine-plans.ts";
import { job, names, texts, workflow } from "./reading.ts";

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
          /actions\/(?:engine|role)$|configure-aws-credentials@/.test(action),
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
      assert.equal([needs].flat().at(-1), ids[index - 1], id);
      assert.equal(condition, undefined, `${id} could run after a failure`);
      const last = steps.at(-1);
      assert.ok(last !== undefined, id);
      assert.equal(last.if, "failure()", id);
      assert.match(last.run ?? "", /::error title=/, id);
    }
  });

  it("drift is looked for in what was deployed, not in what main says since", () => {
    const { steps } = job("drift", "detect");
    const checkout = steps.find(({ with: options }) => options?.["path"] === "deployed");
    assert.equal(checkout?.with?.["ref"], "${{ steps.deployed.outputs.commit || github.sha }}");
    const look = steps.find(({ run = "" }) => run.includes("preview.sh"));
    assert.equal(look?.env?.["PROJECT"], "deployed");
    assert.match(look.run ?? "", /--refresh --expect-no-changes/);
  });

  it("drift runs no program but main's, whatever the state names as deployed", () => {
    const { steps } = job("drift", "detect");
    assert.equal(steps[0]?.with?.["fetch-depth"], 0);
    const asked = steps.findIndex(({ run = "" }) => run.includes('merged.sh "$commit"'));
    const checkout = steps.findIndex(({ with: options }) => options?.["path"] === "deployed");
    assert.ok(asked > 0 && asked < checkout, "checked out before it was asked whether it is of main");
    assert.match(steps[asked]?.run ?? "", /merged\.sh "\$commit"\n[^]*>> "\$GITHUB_OUTPUT"/);
  });

  it("binaries are deployed as build-and-test made them: by a digest beside the artifact", () => {
    const { outputs, steps: building } = job("deploy", "build-and-test");
    assert.equal(outputs?.["binaries"], "${{ steps.built.outputs.binaries }}");
    const at = (steps: typeof building, text: string) =>
      steps.findIndex((step) => JSON.stringify(step).includes(text));
    assert.ok(at(building, "binaries.sh dist/host") < at(building, "upload-artifact@"));
    const { steps } = job("deploy", "deploy-binaries");
    const check = steps[at(steps, "binaries.sh")];
    assert.equal(check?.env?.["BUILT"], "${{ needs.build-and-test.outputs.binaries }}");
    assert.match(check.run ?? "", /!= "\$BUILT" \]\]; then[^]*exit 1/);
    assert.ok(at(steps, "download-artifact@") < at(steps, "binaries.sh"));
    assert.ok(at(steps, "binaries.sh") < at(steps, "ground.mjs deploy"));
  });

  it("cleanup deletes only after it has shown the list", () => {
    assert.equal(job("cleanup", "delete").needs, "list");
    const words = (id: string) =>
      job("cleanup", id)
        .steps.map(({ run = "" }) => run)
        .join("\n");
    assert.match(words("list"), /ground\.mjs cleanup --stack "\$STACK"$/m);
    assert.match(words("delete"), /ground\.mjs cleanup --stack "\$STACK" --yes$/m);
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
    for (const [file, text] of scripts) assert.match(text, /^trap 'rm -f "\$log"' EXIT$/m, file);
  });

  it("only a workflow that releases may make a release, by a job that runs no code of the project", () => {
    const publish = job("release", "publish");
    assert.equal(publish.needs, "build");
    assert.deepEqual(publish.permissions, { contents: "write", "id-token": "write", attestations: "write" });
    for (const { uses = "", run = "" } of publish.steps)
      assert.doesNotMatch(`${uses}${run}`, /checkout|npm |node |\.\//);
    assert.deepEqual(job("release", "build").permissions, { contents: "read" });
    const attested = publish.steps
      .filter(({ uses = "" }) => uses.startsWith("actions/attest@"))
      .map(({ with: options }) => Object.keys(options ?? {}));
    assert.deepEqual(
      attested,
      [["subject-checksums"], ["subject-path", "sbom-path"]],
      "provenance, then materials",
    );
  });
});
