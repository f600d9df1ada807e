import { resourceRule } from "../../rule.ts";

/** GitHub's stores of secrets: for Actions, Dependabot and Codespaces, of a repository, environment or organization. */
const SECRET = /^github:index\/(actions|dependabot|codespaces)\w*Secret:\w+Secret$/;

/** Inputs that hold a value in clear; `encryptedValue` and `valueEncrypted` hold it sealed for GitHub alone. */
const CLEAR = ["plaintextValue", "value"] as const;

export const githubSecretValuesEncrypted = resourceRule({
  name: "github-secret-values-encrypted",
  level: "mandatory",
  why: "A secret's value in the program reaches the state and whoever may read it, marked as secret or not.",
  fix: "name the secret and give encryptedValue, sealed with the repository's public key, or let a person put the value in",
  outside: ["GitHub Docs: Encrypting secrets for the REST API"],
  // Any value counts, not only one that is not marked: under the engine the SDK hands over marked values in clear.
  *checkResource({ type, inputs }) {
    if (!SECRET.test(type)) return;
    for (const input of CLEAR) if (inputs[input] !== undefined) yield `${input} holds the value itself`;
  },
});
