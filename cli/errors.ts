import { EXIT } from "./exit-codes.ts";

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure whose message is all a person needs: printed without a stack trace, then the exit code. */
export class GroundError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = "GroundError";
    this.exitCode = exitCode;
  }
}

/** A stack file that cannot be read as one. */
export class StackFileError extends GroundError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.badConfiguration, options);
    this.name = "StackFileError";
  }
}

/** `--stack` names a stack without a stack file. */
export class UnknownStackError extends GroundError {
  constructor(message: string) {
    super(message, EXIT.unknownStack);
    this.name = "UnknownStackError";
  }
}
