import assert from "node:assert/strict";
import { skipPromiseStacks } from "../../infra/lib/sdk-stacks.ts";

describe("stacks of the SDK's promises", () => {
  const mapper: { prepareStackTrace?: ((error: Error, frames: NodeJS.CallSite[]) => unknown) | undefined } =
    Error;
  const { prepareStackTrace } = mapper;
  const leaks = process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
  const mapped: string[] = [];

  beforeEach(() => {
    mapped.length = 0;
    delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
    mapper.prepareStackTrace = ({ message }) => {
      mapped.push(message);
      return `mapped: ${message}`;
    };
  });
  afterEach(() => {
    mapper.prepareStackTrace = prepareStackTrace;
    if (leaks !== undefined) process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = leaks;
    else delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
  });

  /** Under the name that the SDK's has. */
  function debuggablePromise(): string | undefined {
    return new Error("a promise").stack;
  }

  it("are not mapped to source lines; those of errors are, once", () => {
    skipPromiseStacks();
    skipPromiseStacks();
    assert.equal(debuggablePromise(), "");
    assert.equal(new Error("an error").stack, "mapped: an error");
    assert.deepEqual(mapped, ["an error"]);
  });

  it("are mapped for whoever looks for a leak", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "1";
    skipPromiseStacks();
    assert.equal(debuggablePromise(), "mapped: a promise");
  });
});
