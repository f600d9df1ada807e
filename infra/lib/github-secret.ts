import type { Output } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { seal } from "./sealed-box.ts";

/** GitHub's public key of one store of secrets: Actions, Dependabot, or an environment. */
export type PublicKey = Output<{ readonly key: string; readonly keyId: string }>;

/** Inputs of any of the provider's secrets: sealed for GitHub alone, so that the state never holds the value. */
export interface SealedInputs {
  readonly keyId: Output<string>;
  readonly valueEncrypted: Output<string>;
}

/** @param name tells this secret from every other of the stack */
export function sealedInputs(
  name: string,
  value: Output<string>,
  publicKey: PublicKey,
  salt: Output<string>,
): SealedInputs {
  return {
    keyId: publicKey.apply(({ keyId }) => keyId),
    valueEncrypted: pulumi.secret(
      pulumi
        .all([value, publicKey, salt])
        .apply(([known, { key }, bytes]) => seal({ value: known, publicKey: key, salt: bytes, name })),
    ),
  };
}
