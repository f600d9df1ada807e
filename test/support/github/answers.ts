/** What a handler answers; a list is cut into pages by the server. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly page?: Page;
}

interface Page {
  readonly items: readonly unknown[];
  /** Lists with a count come in an object; others are bare arrays. */
  readonly under?: string;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const NO_CONTENT: Answer = { status: 204 };
export const pages = (items: readonly unknown[]): Answer => ({ status: 200, page: { items } });
export const countedPages = (under: string, items: readonly unknown[]): Answer => ({
  status: 200,
  page: { items, under },
});

/** GitHub's way of refusing: a status and a body with a message, thrown by handlers. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: Answer;

  constructor(status: number, message: string, more: Pick<Answer, "headers"> & { errors?: unknown } = {}) {
    super(message);
    const { headers, errors } = more;
    this.answer = {
      status,
      body: {
        message,
        ...(errors === undefined ? {} : { errors }),
        documentation_url: "https://docs.github.com/rest",
        status: String(status),
      },
      ...(headers === undefined ? {} : { headers }),
    };
  }
}

export const notFound = (): Refusal => new Refusal(404, "Not Found");

/** Source: "Troubleshooting the REST API", validation failed. */
export const invalid = (message: string, errors?: unknown): Refusal =>
  new Refusal(422, message, errors === undefined ? {} : { errors });

/** Source: the answers to branch protection and rulesets on a private repository of the free plan. */
export const upgradeNeeded = (): Refusal =>
  new Refusal(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.");
