import type { Moto } from "../support/moto.ts";

/** Makes a key in the emulated KMS, with an alias; the project needs no client of KMS for anything else. */
export async function makeKey({ url }: Pick<Moto, "url">, alias: string): Promise<void> {
  const { KeyMetadata } = (await kms(url, "CreateKey", {})) as { KeyMetadata: { KeyId: string } };
  await kms(url, "CreateAlias", { AliasName: alias, TargetKeyId: KeyMetadata.KeyId });
}

async function kms(url: string, operation: string, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `TrentService.${operation}`,
      // The emulator tells services apart by the scope of the signature, which it does not check.
      authorization:
        "AWS4-HMAC-SHA256 Credential=testing/20261101/us-west-2/kms/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${operation}: HTTP ${String(answer.status)} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as unknown);
}
