import type { AwsAnswer, AwsRequest } from "./aws-proxy.ts";

/** Requests and answers of the query protocol (EC2, Auto Scaling, IAM): a form, answered by XML. */

/** The operation of a request in any protocol, for example `DescribeInstances`; empty where it has none. */
export function operationOf({ path, headers, body }: AwsRequest): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? "";
  const ofPath = /\/operation\/(\w+)$/.exec(path)?.[1];
  return ofPath ?? formOf({ headers, body })?.get("Action") ?? "";
}

/** The service a request is signed for, for example `ec2`. */
export function serviceOf({ headers }: Pick<AwsRequest, "headers">): string {
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
}

export function regionOf({ headers }: Pick<AwsRequest, "headers">): string {
  return /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
}

export function formOf({ headers, body }: Pick<AwsRequest, "headers" | "body">): URLSearchParams | undefined {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  return isForm ? new URLSearchParams(body.toString("utf8")) : undefined;
}

/** The same request with another form. */
export function withForm(request: AwsRequest, form: URLSearchParams): AwsRequest {
  return { ...request, body: Buffer.from(form.toString()) };
}

/** Values of `Name.1`, `Name.2`, …, or `Name.member.1`, …, in order. */
export function listOf(form: URLSearchParams, name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 1; ; index += 1) {
    const value =
      form.get(`${name}.${String(index)}`) ?? form.get(`${name}.member.${String(index)}`) ?? undefined;
    if (value === undefined) return values;
    values.push(value);
  }
}

export function xmlAnswer(body: string): AwsAnswer {
  return { status: 200, body: `<?xml version="1.0" encoding="UTF-8"?>${body}` };
}

/** Contents of the elements `item` right below every element `list`, in order. */
export function itemsOf(xml: string, list: string, item: "item" | "member"): readonly string[] {
  const items: string[] = [];
  const whole = new RegExp(`<${list}>([^]*?)</${list}>`, "g");
  for (const [, inner = ""] of xml.matchAll(whole)) {
    let depth = 0;
    let start = 0;
    for (const tag of inner.matchAll(new RegExp(`<(/?)${item}>`, "g"))) {
      const closes = tag[1] === "/";
      if (!closes && depth === 0) start = tag.index + tag[0].length;
      depth += closes ? -1 : 1;
      if (closes && depth === 0) items.push(inner.slice(start, tag.index));
    }
  }
  return items;
}

export function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}

/** One page of a list, by a token that says where the next one begins. */
export function pageOf<Item>(
  items: readonly Item[],
  size: number,
  token: string | null,
): { readonly page: readonly Item[]; readonly next?: string } {
  const start = token === null ? 0 : Number(token.replace(/^from-/, ""));
  const end = start + size;
  const page = items.slice(start, end);
  return end < items.length ? { page, next: `from-${String(end)}` } : { page };
}
