import sodium from "libsodium-wrappers";

/** What one secret is sealed for. */
export interface SealRequest {
  /** The secret's value. */
  readonly value: string;
  /** Public key of GitHub's that opens nothing but seals: 32 bytes, base64. */
  readonly publicKey: string;
  /** Random bytes that only the stack's encrypted state holds, base64. */
  readonly salt: string;
  /** Which secret it is: no two share an ephemeral key. */
  readonly name: string;
}

/**
 * Seals a value as GitHub wants secrets: libsodium's sealed box, which `crypto_box_seal_open` opens
 * with the private key that never leaves GitHub. Base64.
 *
 * libsodium draws a new ephemeral key for every box, so that each `up` would differ from the one before.
 * Here the key comes from the salt, the name, the public key and the value: one of these must change
 * for the ciphertext to change. Not from the value alone: whoever reads the ciphertext, in a plan or a
 * state in clear, could then seal guesses until one fits.
 * Source: libsodium documentation, "Sealed boxes", algorithm details; GitHub Docs, "Encrypting secrets
 * for the REST API".
 *
 * @throws Error where the public key is not one of 32 bytes.
 */
export async function seal({ value, publicKey, salt, name }: SealRequest): Promise<string> {
  await sodium.ready;
  const recipient = sodium.from_base64(publicKey, sodium.base64_variants.ORIGINAL);
  if (recipient.length !== sodium.crypto_box_PUBLICKEYBYTES)
    throw new Error(
      `GitHub's public key for the secret ${name} has ${String(recipient.length)} bytes instead of 32`,
    );
  const ephemeral = sodium.crypto_box_seed_keypair(seedOf({ value, publicKey, salt, name }));
  const nonce = sodium.crypto_generichash(
    sodium.crypto_box_NONCEBYTES,
    concatenated([ephemeral.publicKey, recipient]),
    null,
  );
  const box = sodium.crypto_box_easy(value, nonce, recipient, ephemeral.privateKey);
  return sodium.to_base64(concatenated([ephemeral.publicKey, box]), sodium.base64_variants.ORIGINAL);
}

/** BLAKE2b keyed with the salt over the other parts, each led by its length so that none can run into the next. */
function seedOf({ value, publicKey, salt, name }: SealRequest): Uint8Array {
  const key = sodium.crypto_generichash(sodium.crypto_generichash_KEYBYTES_MAX, salt, null);
  const message = [name, publicKey, value].map((part) => `${String(part.length)}:${part}`).join();
  return sodium.crypto_generichash(sodium.crypto_box_SEEDBYTES, message, key);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
