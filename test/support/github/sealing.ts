import sodium from "libsodium-wrappers";

/** The key pair for which clients seal a secret; only GitHub holds the private half. */
export interface SealingKey {
  readonly id: string;
  /** Base64. */
  readonly publicKey: string;
  /** @throws Error where the text was sealed for another key. */
  readonly open: (sealed: string) => string;
}

/** libsodium is compiled at its first use. */
export const sealingReady = (): Promise<void> => sodium.ready;

/** @param id GitHub's are decimal numbers of 19 digits, as text */
export function makeSealingKey(id: string): SealingKey {
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  return {
    id,
    publicKey: sodium.to_base64(publicKey, sodium.base64_variants.ORIGINAL),
    open: (sealed) =>
      sodium.to_string(
        sodium.crypto_box_seal_open(
          sodium.from_base64(sealed, sodium.base64_variants.ORIGINAL),
          publicKey,
          privateKey,
        ),
      ),
  };
}
