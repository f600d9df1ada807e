import assert from "node:assert/strict";
import { clusterOf } from "../../cli/cluster/environment.ts";
import { GroundError } from "../../cli/errors.ts";
import { guardedStackOf } from "../../cli/guard/stack.ts";
import type { Settings } from "../../infra/settings/schema.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { MOTO_ACCOUNT } from "../support/moto.ts";
import { stackSettings } from "../support/plans.ts";

describe("a stack without a guard", () => {
  const dev = stackSettings("dev");
  const off = { ...dev.guard, enabled: false };
  const unbudgeted = { unbudgeted: true, reason: "a benchmark" } as const;
  const cases: readonly (readonly [why: string, settings: Settings, said: string])[] = [
    ["switched off", { ...dev, guard: off }, "`guard.enabled` is false: remove it"],
    ["without a budget", { ...dev, budget: unbudgeted }, "give it a budget with usdPerDay"],
    [
      "without both",
      { ...dev, guard: off, budget: unbudgeted },
      "give it a budget with usdPerDay; `guard.enabled` is false: remove it",
    ],
  ];

  for (const [why, settings, said] of cases)
    it(`is told what makes one, and nothing that is there already: ${why}`, () => {
      for (const use of [guardedStackOf, clusterOf])
        assert.throws(
          () => use(settings, MOTO_ACCOUNT, loadCatalogue()),
          (error) =>
            error instanceof GroundError && error.exitCode === 2 && error.message.endsWith(`: ${said}.`),
        );
    });
});
