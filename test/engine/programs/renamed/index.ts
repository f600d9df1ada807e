import * as pulumi from "@pulumi/pulumi";
import { createEnvironment } from "../../../../infra/environment.ts";
import { guardConfig } from "../../../../infra/guard-config.ts";
import { loadSettings } from "../../../../infra/settings/load.ts";
import type { FormerNames } from "../../../../model/former-names.ts";
import { loadCatalogue } from "../../../../pricing/catalogue.ts";

const formerNames = new pulumi.Config("renamed").getObject<FormerNames>("formerNames") ?? {};
const settings = loadSettings();
if (!settings.hosts) throw new Error("the renamed stack has hosts");
// Any file does for the programs: nothing boots here, and nobody calls the guard.
createEnvironment(settings, {
  hostProgram: { path: "Pulumi.yaml", sha256: "0".repeat(64) },
  guard: () => ({
    program: { path: "Pulumi.yaml" },
    config: guardConfig(settings, loadCatalogue(), formerNames),
  }),
  today: "2026-11-21",
  formerNames,
});
