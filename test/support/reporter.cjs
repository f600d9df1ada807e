"use strict";
// CommonJS because Mocha requires its reporters.
const { Runner, reporters } = require("mocha");

/** Mocha's own report, closed by one plain line that any machine can read. */
module.exports = class PlainClosingLine extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
};
