import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { z } from "zod";

/** One exchange, as the description names it. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Undefined where the stand-in has no answer. */
  readonly route: string | undefined;
  readonly query: URLSearchParams;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
  /** An answer that a test planted is not GitHub's. */
  readonly planted: boolean;
}

const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  schema: z.unknown(),
});
const reference = z.strictObject({ $ref: z.string() });
const content = z.record(z.string(), z.object({ schema: z.unknown() }));
const operationShape = z.object({
  parameters: z.array(z.union([reference, parameter])).default([]),
  requestBody: z.object({ required: z.boolean().optional(), content }).optional(),
  responses: z.record(z.string(), z.union([reference, z.object({ content: content.optional() })])),
});
const documentShape = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.record(z.string(), z.unknown()),
});

type Parameter = z.output<typeof parameter>;

interface Operation {
  readonly parameters: readonly Parameter[];
  readonly bodyRequired: boolean;
  readonly body: ValidateFunction | undefined;
  /** By status; undefined for an answer without a body. */
  readonly responses: ReadonlyMap<string, ValidateFunction | undefined>;
}

/** Refusals that GitHub may answer anywhere, whatever an operation lists. Source: "Troubleshooting the REST API". */
const EVERYWHERE: ReadonlySet<number> = new Set([304, 401, 403, 404, 409, 422, 429, 500, 501, 502, 503]);

/** Where the description itself is wrong, by route and part, with the reason to bear it. */
const WAIVED: ReadonlyMap<string, string> = new Map([
  [
    "GET /repos/{owner}/{repo}/actions/runs query created",
    "described as a date, documented beside it as a range in the syntax of GitHub's search",
  ],
  [
    "PUT /repos/{owner}/{repo}/environments/{environment_name} body can_admins_bypass",
    "described in the answer only; GitHub takes it, and its own Terraform provider sends it",
  ],
]);

/** Checks exchanges against the published description. An operation is compiled when it is first met. */
export class RestContract {
  readonly #document: z.output<typeof documentShape>;
  readonly #ajv: Ajv;
  readonly #operations = new Map<string, Operation | undefined>();

  constructor(description: unknown) {
    this.#document = documentShape.parse(description);
    // Not strict: the description holds keywords of OpenAPI (example, x-github, discriminator) beside JSON Schema's.
    this.#ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "github", components: asJsonSchema(this.#document.components) });
  }

  /** @returns what differs, as sentences; nothing where all is as described */
  check(exchange: Exchange): readonly string[] {
    const { method, path, route } = exchange;
    if (route === undefined) return [`${method} ${path}: the stand-in has no answer to this`];
    const operation = this.#operation(route);
    if (operation === undefined) return [`${route}: GitHub's description has no such operation`];
    return [
      ...this.#checkRequest(operation, exchange),
      ...(exchange.planted ? [] : this.#checkAnswer(operation, exchange)),
    ].map((problem) => `${route}: ${problem}`);
  }

  #checkRequest(
    operation: Operation,
    { route = "", query, parameters, body, status }: Exchange,
  ): readonly string[] {
    // GitHub refused it: what was wrong with it is what the test is about.
    if (status === 422 || status === 400) return [];
    const named = new Map(operation.parameters.map((one) => [`${one.in} ${one.name}`, one]));
    const given: (readonly [where: string, name: string, value: string])[] = [
      ...[...query].map(([name, value]) => ["query", name, value] as const),
      ...Object.entries(parameters).map(([name, value]) => ["path", name, value] as const),
    ];
    const wrong = given.flatMap(([where, name, value]) => {
      const known = named.get(`${where} ${name}`);
      if (known === undefined) return [`no ${where} parameter ${name}`];
      if (WAIVED.has(`${route} ${where} ${name}`)) return [];
      const validate = this.#ajv.compile(asJsonSchema(known.schema) as object);
      const fits = [ofText(value), value].some((one) => validate(one));
      return fits ? [] : [`${where} parameter ${name} is ${value}`];
    });
    const missing = operation.parameters
      .filter((one) => one.required === true && one.in === "query" && !query.has(one.name))
      .map(({ name }) => `query parameter ${name} is missing`);
    return [...wrong, ...missing, ...bodyProblems(operation, withoutWaived(route, body))];
  }

  #checkAnswer({ responses }: Operation, { status, answer }: Exchange): readonly string[] {
    const validate = responses.get(String(status));
    if (!responses.has(String(status)))
      return EVERYWHERE.has(status) ? [] : [`answered ${String(status)}, which is not described`];
    if (validate === undefined || typeof answer === "string") return [];
    return validate(answer) ? [] : [`answer ${String(status)}${problemsOf(validate)}`];
  }

  #operation(route: string): Operation | undefined {
    if (!this.#operations.has(route)) this.#operations.set(route, this.#compile(route));
    return this.#operations.get(route);
  }

  #compile(route: string): Operation | undefined {
    const [method = "", path = ""] = route.split(" ");
    const found = this.#document.paths[path]?.[method.toLowerCase()];
    if (found === undefined) return undefined;
    const { parameters, requestBody, responses } = operationShape.parse(found);
    const schemaOf = (media: z.output<typeof content> | undefined) => media?.["application/json"]?.schema;
    const compiled = (schema: unknown) =>
      schema === undefined ? undefined : this.#ajv.compile(asJsonSchema(schema) as object);
    return {
      parameters: parameters.map((one) =>
        "$ref" in one ? parameter.parse(this.#resolve(String(one.$ref))) : one,
      ),
      bodyRequired: requestBody?.required === true,
      body: compiled(schemaOf(requestBody?.content)),
      responses: new Map(
        Object.entries(responses).map(([status, one]) => {
          const response = "$ref" in one ? this.#resolve(one.$ref) : one;
          return [
            status,
            compiled(schemaOf(z.object({ content: content.optional() }).parse(response).content)),
          ];
        }),
      ),
    };
  }

  #resolve(pointer: string): unknown {
    const steps = pointer.replace(/^#\//, "").split("/");
    return steps.reduce<unknown>(
      (value, step) => z.record(z.string(), z.unknown()).parse(value)[step],
      this.#document,
    );
  }
}

function withoutWaived(route: string, body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !WAIVED.has(`${route} body ${name}`)));
}

function bodyProblems({ body: validate, bodyRequired }: Operation, body: unknown): readonly string[] {
  if (validate === undefined) return [];
  if (body === undefined) return bodyRequired ? ["the body is missing"] : [];
  return validate(body) ? [] : [`body${problemsOf(validate)}`];
}

function problemsOf({ errors }: ValidateFunction): string {
  const told = (errors ?? []).map(({ instancePath, message = "", params }) =>
    `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
  );
  return `: ${told.slice(0, 6).join("; ")}`;
}

/** What a query or a path holds is text; the schema says which of it is a number or a truth value. */
function ofText(value: string): unknown {
  if (/^-?\d+$/.test(value)) return Number(value);
  return value === "true" ? true : value === "false" ? false : value;
}

/**
 * A schema of OpenAPI 3.0 as JSON Schema: `nullable` stands beside a type there, and refuses null here where a list of
 * values or a reference does not name it.
 */
function asJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asJsonSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, ...rest } = schema as Record<string, unknown>;
  // Examples are no schemas, and some have a field `nullable` or `$ref` of their own.
  const keywords = Object.entries(rest).filter(([key]) => key !== "example" && key !== "examples");
  const converted = Object.fromEntries(
    keywords.map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" ? value.replace(/^#/, "github#") : asJsonSchema(value),
    ]),
  );
  return nullable === true ? { anyOf: [{ type: "null" }, converted] } : converted;
}
