import { SECRET } from "./resource.ts";

/** A form that secrets have. */
interface SecretShape {
  /** In words, for messages. */
  readonly what: string;
  /** Global, so that every place is found; its groups are what may stay readable. */
  readonly pattern: RegExp;
  /** What stands for a match; default: the mark of secrets alone. */
  readonly replacement?: string;
  /** True where honest texts have the form too: reason enough to hide a text, not to refuse it. */
  readonly doubtful?: true;
}

/** Behind a word such as `password`, up to its value; JSON within JSON escapes its quotes. */
const ASSIGNED = String.raw`\\*["']?\s*[=:]\s*`;

/** A quoted value to its closing quote, which has as many backslashes as the opening one; an object, a list, a word. */
const VALUE = String.raw`(?:(?<escapes>\\*)(?<quote>["'])(?:(?!(?<!\\)\k<escapes>\k<quote>)[^\r\n])*|\{(?:[^{}]|\{[^{}]*\})*\}?|\[[^\][]*\]?|[^\s"',;]+)`;

/** A variable, a command, a marker, an ARN or a path: it names where the secret is kept. */
const KEPT_ELSEWHERE = String.raw`(?:arn:|[\w.-]*\/|[$<{[(])`;

/**
 * Every form of secret that the project knows, for what refuses a text as for what takes secrets out of one.
 * Sources: the issuers' documentation of their token formats.
 */
const SHAPES: readonly SecretShape[] = [
  {
    what: "a private key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  { what: "an AWS access key id", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    what: "an AWS secret access key",
    pattern: new RegExp(
      String.raw`(?<head>secret_?access_?key${ASSIGNED}\\*["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])`,
      "gi",
    ),
    replacement: `$<head>${SECRET}`,
  },
  { what: "a GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g },
  { what: "a Fireworks key", pattern: /\bfw_[A-Za-z0-9]{16,}\w*/g },
  { what: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  { what: "a GitLab token", pattern: /\bgl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-[\w-]{20,}/g },
  { what: "an Anthropic key", pattern: /\bsk-ant-[\w-]{16,}/g },
  { what: "an OpenAI key", pattern: /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{20,}|[A-Za-z0-9]{32,})/g },
  { what: "a Slack token", pattern: /\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})/g },
  {
    what: "a Slack webhook",
    pattern: /\b(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
    replacement: `$1${SECRET}`,
  },
  // The second part of an encrypted one need not begin as the first does, and may be empty.
  { what: "a JSON web token", pattern: /\beyJ[\w-]{8,}(?:\.[\w-]*){2,4}/g },
  {
    what: "credentials in an address",
    pattern: /\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@:"'`]*:(?![$<{[(*%])[^\s/"'`]+@/gi,
    replacement: `$1${SECRET}@`,
  },
  {
    what: "an Authorization header",
    pattern: new RegExp(
      String.raw`(\bauthorization${ASSIGNED}\\*["']?(?:basic|bearer|token)\s+)[A-Za-z0-9][\w.~+/=-]{7,}`,
      "gi",
    ),
    replacement: `$1${SECRET}`,
  },
  {
    what: "what is assigned to a word such as password",
    pattern: new RegExp(
      String.raw`(?<head>(?:secret|passw(?:or)?d|passphrase|token|credential|(?:api|access|private)[-_]?key)[\w-]{0,64}${ASSIGNED})(?!\\*["']?\[secret\])${VALUE}`,
      "gi",
    ),
    replacement: `$<head>$<escapes>$<quote>${SECRET}`,
    doubtful: true,
  },
  {
    what: "a password",
    pattern: new RegExp(
      String.raw`(?<head>(?:passw(?:or)?d|passphrase|api_?key|auth_?token|secret_?key)${ASSIGNED})(?!\\*["']?${KEPT_ELSEWHERE})\\*["']?[^\s"',;\\]{8,}`,
      "gi",
    ),
    replacement: `$<head>${SECRET}`,
  },
  {
    what: "credentials in an address, maybe of a variable",
    pattern: /\b([a-z][a-z0-9+.-]{0,30}:\/\/)(?!\[secret\])[^\s/@:]*:[^\s/]+@/gi,
    replacement: `$1${SECRET}@`,
    doubtful: true,
  },
  {
    what: "a signed address",
    pattern: /\b(X-Amz-(?:Signature|Security-Token|Credential)=)[^\s&"']+/gi,
    replacement: `$1${SECRET}`,
    doubtful: true,
  },
  {
    what: "a bearer token",
    pattern: /\b(Bearer\s+)[\w.~+/=-]+/gi,
    replacement: `$1${SECRET}`,
    doubtful: true,
  },
  {
    what: "a basic credential",
    pattern: /\b(Basic\s+)(?=[A-Za-z0-9+/]*[0-9+/=])[A-Za-z0-9+/]{6,}={0,2}/g,
    replacement: `$1${SECRET}`,
    doubtful: true,
  },
  // Without the word beside it. Digests in hexadecimal have 40 characters too, but not both cases.
  {
    what: "an AWS secret access key by itself",
    pattern:
      /(?<![A-Za-z0-9/+=])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])(?=[A-Za-z/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
    doubtful: true,
  },
];

/** Names whose values are secrets. */
const SECRET_NAME =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|(?:^|[_.\s-]|api|access|private|secret|signing|encryption|deploy)key)$/i;
const CAMEL_CASE_KEY = /[a-z0-9]Key$/;

/** They end like those, and are shown to everybody. */
const OPEN_NAME = /(?:bypass|compass|(?:public|cache|primary|partition|sort|hash|object)[_.-]?key)$/i;

const LITERAL = new RegExp(String.raw`^(?!${KEPT_ELSEWHERE})\S{8,}$`);

/**
 * What secrets a text holds, in words; none twice.
 *
 * @param name name the text is the value of: a bare value named `DB_PASSWORD` is a secret by its name
 */
export function secretsIn(text: string, name?: string): string[] {
  const searched = name === undefined ? text : `${name}=${text}`;
  const byForm = SHAPES.filter(
    // Unlike `test`, `search` keeps no place in a global pattern.
    ({ pattern, doubtful }) => doubtful !== true && searched.search(pattern) !== -1,
  ).map(({ what }) => what);
  if (byForm.length > 0 || name === undefined || !isSecretName(name) || !LITERAL.test(text)) return byForm;
  return ["a password"];
}

function isSecretName(name: string): boolean {
  return (SECRET_NAME.test(name) || CAMEL_CASE_KEY.test(name)) && !OPEN_NAME.test(name);
}

/**
 * The text with the mark of secrets in place of each.
 *
 * @param doubtful whether to hide also what only may be one: right for what leaves the machine, wrong for words of our own
 */
export function maskSecrets(text: string, doubtful: boolean): string {
  return SHAPES.filter((shape) => doubtful || shape.doubtful !== true).reduce(
    (clean, { pattern, replacement = SECRET }) => clean.replaceAll(pattern, replacement),
    text,
  );
}
