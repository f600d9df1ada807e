import type { Context } from "../auditors/iam-simulate.ts";
import type { AwsRequest } from "../support/aws-proxy.ts";

/** What IAM is asked because of one request. */
export interface AwsCall {
  readonly action: string;
  /** ARN of what is asked for; of a key, its alias as the request has it. */
  readonly resource: string;
  /** Condition keys that the request itself sets: `s3:prefix` of a listing, `s3:if-none-match` of a write. */
  readonly context: Context;
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
    return [{ action: `kms:${target.slice("TrentService.".length)}`, resource: KeyId, context: {} }];
  }
  const { pathname, searchParams } = new URL(path, "http://s3");
  const [, bucket = "", ...rest] = decodeURIComponent(pathname).split("/");
  const key = rest.join("/");
  const query = new Set([...searchParams.keys()].filter((name) => name !== "x-id"));
  if (key === "") {
    const prefix = searchParams.get("prefix");
    if (method === "HEAD" || (method === "GET" && (query.has("list-type") || query.has("prefix"))))
      return [
        {
          action: "s3:ListBucket",
          resource: `arn:aws:s3:::${bucket}`,
          context: prefix === null ? {} : { "s3:prefix": prefix },
        },
      ];
  } else {
    const resource = `arn:aws:s3:::${bucket}/${key}`;
    const action = OBJECT_ACTIONS[[method, ...[...query].sort()].join(" ")];
    if (action !== undefined) {
      const condition = headers["if-none-match"];
      const source = headers["x-amz-copy-source"];
      const copied =
        typeof source === "string"
          ? [
              {
                action: "s3:GetObject",
                resource: `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, "")}`,
                context: {},
              },
            ]
          : [];
      const context: Context = condition === undefined ? {} : { "s3:if-none-match": condition };
      return [{ action, resource, context }, ...copied];
    }
  }
  throw new Error(
    `${method} ${path} ${String(target)}: say in test/bootstrap/aws-calls.ts which right it needs`,
  );
}

/** By method and names of the query. */
const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: "s3:GetObject",
  HEAD: "s3:GetObject",
  PUT: "s3:PutObject",
  DELETE: "s3:DeleteObject",
  // An object in parts: begun, sent, put together; or given up.
  "POST uploads": "s3:PutObject",
  "PUT partNumber uploadId": "s3:PutObject",
  "POST uploadId": "s3:PutObject",
  "DELETE uploadId": "s3:AbortMultipartUpload",
};
