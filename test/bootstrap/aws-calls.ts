import type { AwsRequest } from "../support/aws-proxy.ts";

/** What IAM is asked because of one request to S3 or KMS. */
export interface AwsCall {
  readonly action: string;
  /** ARN of what is asked for; of a key, its alias as the request has it. */
  readonly resource: string;
  /** `s3:prefix` of a listing. */
  readonly prefix: string | undefined;
}

/**
 * The action that a request needs. Source: Service authorization reference, "Actions defined by Amazon S3" and "by
 * AWS Key Management Service".
 *
 * @throws Error for a request that this table does not know: a right that nobody judges.
 */
export function callsOf({ method, path, headers, body }: AwsRequest): AwsCall[] {
  const target = headers["x-amz-target"];
  if (typeof target === "string" && target.startsWith("TrentService.")) {
    const { KeyId = "" } = JSON.parse(body.toString("utf8")) as { KeyId?: string };
    return [{ action: `kms:${target.slice("TrentService.".length)}`, resource: KeyId, prefix: undefined }];
  }
  const { pathname, searchParams } = new URL(path, "http://s3");
  const [, bucket = "", ...rest] = decodeURIComponent(pathname).split("/");
  const key = rest.join("/");
  const query = new Set([...searchParams.keys()].filter((name) => name !== "x-id"));
  if (key === "") {
    if (method === "HEAD" || (method === "GET" && (query.has("list-type") || query.has("prefix"))))
      return [
        {
          action: "s3:ListBucket",
          resource: `arn:aws:s3:::${bucket}`,
          prefix: searchParams.get("prefix") ?? undefined,
        },
      ];
  } else if (query.size === 0) {
    const resource = `arn:aws:s3:::${bucket}/${key}`;
    const action = OBJECT_ACTIONS[method];
    if (action !== undefined) {
      const source = headers["x-amz-copy-source"];
      const copied =
        typeof source === "string"
          ? [
              {
                action: "s3:GetObject",
                resource: `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, "")}`,
                prefix: undefined,
              },
            ]
          : [];
      return [{ action, resource, prefix: undefined }, ...copied];
    }
  }
  throw new Error(
    `${method} ${path} ${String(target)}: say in test/bootstrap/aws-calls.ts which right it needs`,
  );
}

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: "s3:GetObject",
  HEAD: "s3:GetObject",
  PUT: "s3:PutObject",
  DELETE: "s3:DeleteObject",
};
