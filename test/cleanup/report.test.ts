import assert from "node:assert/strict";
import { ground } from "../support/plans.ts";
import { renderCleanup } from "../../cli/cleanup/report.ts";
import type { Outcome } from "../../cli/cleanup/cleanup.ts";

const outcome: Outcome = {
  kind: "interface",
  id: "eni-0123456789abcdef0",
  name: "x\n::add-mask::a",
  about: "\u001b[2Jgone\n::error title=t::text",
  result: "would-delete",
  detail: "old enough",
  usdPerMonth: 0,
};

describe("the report of a cleanup", () => {
  it("gives no foreign name to the terminal or to the log's commands as it is", () => {
    const text = renderCleanup([outcome], { environment: "dev", yes: false });
    assert.doesNotMatch(text, /\u001b|^::/m);
    assert.match(text, /1 would be deleted; \$0\.00 a month\.\nNothing was changed/);
  });

  it("of a stack that only governs asks nobody, and says why", async () => {
    const { exitCode, stdout } = await ground(["cleanup", "--config", "examples/octollm.yaml"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^octollm makes nothing on AWS: nothing was looked at\.\n$/);
  });

  it("shows its default age as one types it", async () => {
    const { stdout } = await ground(["cleanup", "--help"]);
    assert.match(stdout, /90m,\s+24h,\s+7d\s+\(default:\s+24h\)/);
  });
});
