/** Shown in place of what looks like a secret. */
export const REDACTED = "[secret]";

/**
 * Shapes of secrets that a failing command might print: AWS keys and session tokens, GitHub and
 * Fireworks tokens, JSON Web Tokens, signed URLs, credentials within URLs, private keys, and whatever is assigned to a
 * word such as `password`.
 */
const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|fw_\w{16,})/g, REDACTED],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  [/\b(https?:\/\/)[^\s/@:]+:[^\s/@]+@/g, `$1${REDACTED}@`],
  [/\b(X-Amz-(?:Signature|Security-Token|Credential)=)[^\s&"']+/gi, `$1${REDACTED}`],
  [/\b(Bearer\s+)[\w.~+/=-]+/gi, `$1${REDACTED}`],
  [
    /((?:secret|password|passwd|token|api[-_]?key|access[-_]?key)[\w-]*["']?\s*[=:]\s*["']?)(?!\[secret\])[^\s"',;]+/gi,
    `$1${REDACTED}`,
  ],
];

/** The text without anything that looks like a secret. The last line of defence: no step puts one into a message. */
export function redact(text: string): string {
  return SECRETS.reduce((clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement), text);
}
