import { z } from "zod";
import type { GitHubState } from "./state.ts";
import type { Token } from "./state-types.ts";
import { GraphQLRefusal, rootOf } from "./graphql-root.ts";

/** What this project uses of the npm package `graphql`, which is no dependency of it. */
export interface GraphQLLibrary {
  buildSchema: (text: string, options: { assumeValidSDL: boolean }) => object;
  parse: (query: string) => { definitions: readonly Definition[] };
  validate: (schema: object, document: object, rules: readonly Rule[]) => readonly GraphQLFault[];
  specifiedRules: readonly Rule[];
  OverlappingFieldsCanBeMergedRule: Rule;
  execute: (call: {
    schema: object;
    document: object;
    rootValue: unknown;
    variableValues: unknown;
  }) => Result | Promise<Result>;
}

type Rule = (context: never) => unknown;

interface Definition {
  readonly kind: string;
  readonly operation?: string;
  readonly selectionSet?: { readonly selections: readonly { readonly name?: { readonly value: string } }[] };
}

interface GraphQLFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: unknown;
  readonly originalError?: unknown;
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFault[];
}

interface GraphQLAnswer {
  readonly body: unknown;
  readonly problems: readonly string[];
  /** Names of the mutations that were asked for. */
  readonly mutations: readonly string[];
}

const request = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** Answers queries by the reference implementation of GraphQL, over the schema that GitHub publishes. */
export class GraphQLContract {
  readonly #library: GraphQLLibrary;
  readonly #text: string;
  #schema: object | undefined;

  constructor(library: GraphQLLibrary, text: string) {
    this.#library = library;
    this.#text = text;
  }

  async answer(state: GitHubState, token: Token, body: unknown): Promise<GraphQLAnswer> {
    this.#schema ??= this.#library.buildSchema(this.#text, { assumeValidSDL: true });
    const { query, variables } = request.parse(body);
    const document = this.#library.parse(query);
    const mutations = document.definitions
      .filter(({ operation }) => operation === "mutation")
      .flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
      .flatMap(({ name }) => name?.value ?? []);
    const { validate, specifiedRules, OverlappingFieldsCanBeMergedRule } = this.#library;
    // GitHub bears fields of one name and different nullability, which its own Terraform provider asks for.
    const rules = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);
    const faults = validate(this.#schema, document, rules);
    if (faults.length > 0)
      return {
        body: { errors: faults.map(shown) },
        problems: faults.map(({ message }) => `GraphQL: ${message}`),
        mutations,
      };
    const { data, errors = [] } = await this.#library.execute({
      schema: this.#schema,
      document,
      rootValue: rootOf(state, token),
      variableValues: variables ?? {},
    });
    return {
      body: { data, ...(errors.length === 0 ? {} : { errors: errors.map(shown) }) },
      // Anything but a refusal is a fault of the stand-in, or variables that the schema does not allow.
      problems: errors
        .filter(({ originalError }) => !(originalError instanceof GraphQLRefusal))
        .map(({ message, path = [] }) => `GraphQL ${path.join(".")}: ${message}`),
      mutations,
    };
  }
}

function shown({ message, path, locations, originalError }: GraphQLFault) {
  const type = originalError instanceof GraphQLRefusal ? { type: originalError.type } : {};
  return { ...type, message, path, locations };
}
