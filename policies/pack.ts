import { PolicyPack } from "@pulumi/policy";
import { toPolicy } from "./engine.ts";
import { evaluationFromEngine } from "./engine-settings.ts";
import { RULES } from "./rules/index.ts";

/** The CrossGuard pack: the rules of `ground plan`, run by the engine on every preview and update. */
const evaluation = evaluationFromEngine(process.env);
new PolicyPack("proving-ground", { policies: RULES.map((rule) => toPolicy(rule, evaluation)) });
