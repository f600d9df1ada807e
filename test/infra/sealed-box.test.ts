import assert from "node:assert/strict";
import fc from "fast-check";
import sodium from "libsodium-wrappers";
import { seal, type SealRequest } from "../../infra/lib/sealed-box.ts";

/** `base64_variants.ORIGINAL`, which libsodium fills in only once it is ready. */
const ORIGINAL = 1;
const bytes32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));

describe("sealed boxes of secrets (FM-65)", () => {
  /** The overloads of `crypto_box_keypair` end in text, which `ReturnType` would take. */
  let recipient: { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array };
  let request: SealRequest;

  before(async () => {
    await sodium.ready;
    recipient = sodium.crypto_box_keypair();
    request = {
      value: "canary value",
      publicKey: sodium.to_base64(recipient.publicKey, ORIGINAL),
      salt: Buffer.alloc(32, 1).toString("base64"),
      name: "app secret TOKEN",
    };
  });

  function opened(box: string): string {
    const bytes = sodium.crypto_box_seal_open(
      sodium.from_base64(box, ORIGINAL),
      recipient.publicKey,
      recipient.privateKey,
    );
    return sodium.to_string(bytes);
  }

  it("are opened by libsodium with the private key, whatever the value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), bytes32, async (value, salt) => {
        assert.equal(opened(await seal({ ...request, value, salt })), value);
      }),
    );
  });

  it("stay the same until value, key, salt or name change: a second up is no change", async () => {
    const first = await seal(request);
    assert.equal(await seal({ ...request }), first);
    const other = sodium.to_base64(sodium.crypto_box_keypair().publicKey, ORIGINAL);
    const changes: Partial<SealRequest>[] = [
      { value: "canary valuf" },
      { publicKey: other },
      { salt: Buffer.alloc(32, 2).toString("base64") },
      { name: "app secret OTHER" },
    ];
    for (const change of changes) assert.notEqual(await seal({ ...request, ...change }), first);
  });

  it("cannot be guessed from value and public key alone: the salt moves the ephemeral key", async () => {
    await fc.assert(
      fc.asyncProperty(bytes32, bytes32, async (salt, guess) => {
        fc.pre(salt !== guess);
        const ephemeral = async (one: string) => (await seal({ ...request, salt: one })).slice(0, 40);
        assert.notEqual(await ephemeral(salt), await ephemeral(guess));
      }),
      { numRuns: 20 },
    );
  });

  it("have an ephemeral key of their own for each secret, value and key", async () => {
    const parts = ["a", "ab", "b", ""];
    const boxes = await Promise.all(
      parts.flatMap((name) => parts.map((value) => seal({ ...request, name, value }))),
    );
    assert.equal(new Set(boxes.map((box) => box.slice(0, 40))).size, boxes.length);
  });

  it("refuse a key that is none, and say of which secret", async () => {
    await assert.rejects(
      seal({ ...request, publicKey: Buffer.alloc(16).toString("base64") }),
      /public key for the secret app secret TOKEN has 16 bytes instead of 32/,
    );
  });
});
