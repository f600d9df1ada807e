import { z } from "zod";
import { countedPages, created, NO_CONTENT, notFound, ok, Refusal } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import type { Store } from "../state-types.ts";

const sealed = z.object({ encrypted_value: z.string().min(1), key_id: z.string() });

/** The four operations on one kind of secrets, which differ in where they lie. */
function secretRoutes(base: string, store: (call: Call) => Store): Routes {
  return {
    [`GET ${base}/secrets`]: (call) =>
      countedPages(
        "secrets",
        [...store(call).sealed].map(([name, secret]) => view(name, secret)),
      ),
    [`GET ${base}/secrets/public-key`]: (call) => {
      const { key } = store(call);
      return ok({ key_id: key.id, key: key.publicKey });
    },
    [`GET ${base}/secrets/{secret_name}`]: (call) => {
      const name = call.parameter("secret_name").toUpperCase();
      return ok(view(name, found(store(call).sealed.get(name))));
    },
    [`PUT ${base}/secrets/{secret_name}`]: (call) => put(call, store(call)),
    [`DELETE ${base}/secrets/{secret_name}`]: (call) => {
      if (!store(call).sealed.delete(call.parameter("secret_name").toUpperCase())) throw notFound();
      return NO_CONTENT;
    },
  };
}

function view(name: string, { createdAt, updatedAt }: { createdAt: string; updatedAt: string }) {
  return { name, created_at: createdAt, updated_at: updatedAt };
}

/** What cannot be opened was sealed for another key, or not at all; GitHub refuses it likewise. */
function put(call: Call, store: Store) {
  const { encrypted_value: value, key_id: id } = call.read(sealed);
  if (id !== store.key.id) throw new Refusal(422, "Public key is outdated. Please refresh the key.");
  try {
    store.key.open(value);
  } catch {
    throw new Refusal(422, "Bad request - this value is not a sealed box for the public key.");
  }
  const name = call.parameter("secret_name").toUpperCase();
  const before = store.sealed.get(name);
  const updatedAt = call.state.time();
  store.sealed.set(name, { value, createdAt: before?.createdAt ?? updatedAt, updatedAt });
  return before === undefined ? created({}) : NO_CONTENT;
}

const REPOSITORY = "/repos/{owner}/{repo}";

export const SECRET_ROUTES: Routes = {
  ...secretRoutes(`${REPOSITORY}/actions`, (call) => call.administered().secrets.actions),
  ...secretRoutes(`${REPOSITORY}/dependabot`, (call) => call.administered().secrets.dependabot),
  ...secretRoutes(
    `${REPOSITORY}/environments/{environment_name}`,
    (call) => call.environment(call.administered()).secrets,
  ),
};
