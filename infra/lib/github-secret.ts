import type { Output } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { seal } from "./sealed-box.ts";

/** GitHub's public key of one store of secrets: Actions, Dependabot, or an environment. */
export type PublicKey = Output<{ readonly key: string; readonly keyId: string }>;

/**
 * The key, depending on what it was asked with. A preview drops the dependencies of a question whose arguments are
 * still unknown (sdk: runtime/invoke.js), and an `up` by its saved plan would be refused half-way for having them (FM-43).
 */
export function keyWith(publicKey: PublicKey, asked: readonly Output<string>[]): PublicKey {
  return pulumi.all([publicKey, pulumi.all([...asked])]).apply(([key]) => key);
}

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
