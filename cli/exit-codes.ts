/** Exit codes of `ground`; they follow Pulumi's own (pulumi CLI documentation, "Exit codes"). */
export const EXIT = {
  ok: 0,
  /** A fault of the program itself. */
  ownFault: 1,
  /** Settings, arguments or files that cannot be used. */
  badConfiguration: 2,
  /** Missing or refused credentials. */
  noCredentials: 3,
  /** A resource failed. */
  resourceFailed: 4,
  /** A policy said no. */
  policyViolation: 5,
  /** No such stack. */
  unknownStack: 6,
  /** Changes where none were expected. */
  unexpectedChanges: 7,
  /** The time limit passed. */
  timedOut: 9,
} as const;
