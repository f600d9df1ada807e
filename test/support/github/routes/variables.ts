import { z } from "zod";
import { countedPages, created, NO_CONTENT, notFound, ok, Refusal } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import type { Variable } from "../state-types.ts";

const variable = z.object({ name: z.string(), value: z.string() });

function variableRoutes(base: string, held: (call: Call) => Map<string, Variable>): Routes {
  return {
    [`GET ${base}/variables`]: (call) =>
      countedPages(
        "variables",
        [...held(call)].map(([name, one]) => view(name, one)),
      ),
    [`POST ${base}/variables`]: (call) => {
      const { name, value } = call.read(variable);
      const all = held(call);
      const key = name.toUpperCase();
      if (all.has(key)) throw new Refusal(409, "Already exists - Variable already exists");
      const at = call.state.time();
      all.set(key, { value, createdAt: at, updatedAt: at });
      return created({});
    },
    [`GET ${base}/variables/{name}`]: (call) => {
      const name = call.parameter("name").toUpperCase();
      return ok(view(name, found(held(call).get(name))));
    },
    [`PATCH ${base}/variables/{name}`]: (call) => {
      const one = found(held(call).get(call.parameter("name").toUpperCase()));
      one.value = call.read(variable.partial()).value ?? one.value;
      one.updatedAt = call.state.time();
      return NO_CONTENT;
    },
    [`DELETE ${base}/variables/{name}`]: (call) => {
      if (!held(call).delete(call.parameter("name").toUpperCase())) throw notFound();
      return NO_CONTENT;
    },
  };
}

function view(name: string, { value, createdAt, updatedAt }: Variable) {
  return { name, value, created_at: createdAt, updated_at: updatedAt };
}

export const VARIABLE_ROUTES: Routes = {
  ...variableRoutes("/repos/{owner}/{repo}/actions", (call) => call.administered().variables),
  ...variableRoutes(
    "/repos/{owner}/{repo}/environments/{environment_name}",
    (call) => call.environment(call.administered()).variables,
  ),
};
