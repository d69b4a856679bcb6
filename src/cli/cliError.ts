/** Failures of the command line itself; those of the library keep their own codes. */
export type CliErrorCode =
  | "USAGE"
  | "DATABASE_URL_MISSING"
  | "DATABASE_URL_INVALID"
  | "DATABASE_UNREACHABLE"
  | "DATABASE_REFUSED"
  | "DATA_DIRECTORY_MISSING"
  | "DATA_DIRECTORY_IN_USE"
  | "DRIVER_MISSING"
  | "CONFIG_MISSING"
  | "CONFIG_INVALID"
  | "SERVER_UNREACHABLE"
  | "SERVER_REFUSED"
  | "FILE_REFUSED"
  | "OUT_OF_DATE"
  | "PORT_UNAVAILABLE"
  | "INTERRUPTED"
  | "UNEXPECTED";

/** Printed as `error CODE message`; the message says what to do next. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
