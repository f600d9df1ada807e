import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT, pulumiConfig, readStackFile, settingsOf } from "../../cli/stack-file.ts";
import { loadSettings } from "../../infra/settings/load.ts";
import { COMMITTED, GOOD, ROOT } from "./stack-files.ts";

const MOCKS: pulumi.runtime.Mocks = {
  newResource: ({ name }) => assert.fail(`made ${name}`),
  call: ({ token }) => assert.fail(`called ${token}`),
};

async function load(config: Record<string, string>, secretKeys: string[] = []) {
  await pulumi.runtime.setMocks(MOCKS, PROJECT, "dev");
  pulumi.runtime.setAllConfig(config, secretKeys);
  return loadSettings();
}

describe("settings from the engine's configuration", () => {
  for (const path of [...COMMITTED, ...GOOD]) {
    it(`are those of the stack file ${path}`, async () => {
      const file = readStackFile(join(ROOT, path));
      const { config, secretKeys } = pulumiConfig(file);
      assert.deepEqual(await load(config, secretKeys), settingsOf(file, { stack: "dev" }));
    });
  }

  it("take the engine's stand-ins for optional settings as not set", async () => {
    const { config } = pulumiConfig(readStackFile(join(ROOT, "test/settings/good/minimal.yaml")));
    const standIns = { environment: "", awsAccount: "", cluster: "{}", modelApi: "{}", network: "{}" };
    const filled = Object.entries(standIns).map(([key, text]) => [`${PROJECT}:${key}`, text]);
    const settings = await load({ ...config, ...(Object.fromEntries(filled) as Record<string, string>) });
    assert.deepEqual(settings, await load(config));
  });

  it("FM-65: an encrypted value, which the engine hands over in clear, is refused and not shown", async () => {
    const { config } = pulumiConfig(readStackFile(join(ROOT, "test/settings/good/minimal.yaml")));
    const orchestrator = JSON.stringify({ instanceType: "canary-clear-text" });
    await assert.rejects(
      load({ ...config, "proving-ground:orchestrator": orchestrator }, ["proving-ground:orchestrator"]),
      (error) => {
        assert(pulumi.RunError.isInstance(error));
        assert.match(error.message, /orchestrator = \[secret\]: must not be encrypted/);
        assert.doesNotMatch(error.message, /canary/);
        return true;
      },
    );
  });

  it("FM-40: all problems at once, as an error that the engine shows without a stack trace", async () => {
    await assert.rejects(
      load({ "proving-ground:zones": "usw2-az2", "proving-ground:awsAccount": "12" }),
      (error) => {
        assert(pulumi.RunError.isInstance(error));
        assert.match(error.message, /^Pulumi\.dev\.yaml: 4 problems\n/);
        return true;
      },
    );
  });
});
