import * as pulumi from "@pulumi/pulumi";
import { createEnvironment } from "../../../../infra/environment.ts";
import { loadSettings } from "../../../../infra/settings/load.ts";
import type { FormerNames } from "../../../../model/former-names.ts";

const formerNames = new pulumi.Config("renamed").getObject<FormerNames>("formerNames") ?? {};
const settings = loadSettings();
if (!settings.hosts) throw new Error("the renamed stack has hosts");
// Any file does for the host programs: nothing boots here.
createEnvironment(settings, { path: "Pulumi.yaml", sha256: "0".repeat(64) }, formerNames);
