import { stripVTControlCharacters, styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Where a command reads and writes: results go to stdout, everything else to stderr, so that results can be piped. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  readonly input: NodeJS.ReadableStream;
  /** Whether a person types the input. */
  readonly isTyped: boolean;
  /** How many characters a line has: of the terminal, or COLUMNS. Undefined where neither says. */
  readonly columns: number | undefined;
  /** Aborted when nobody reads the results any more, as after `| head`. */
  readonly unread: AbortSignal;
  /** A line of the result. */
  print(line: string): void;
  /** A line about the work, also where the result is piped. */
  note(line: string): void;
  /** A passing line about work under way, overwritten by the next one; shown to people only. */
  progress(text: string): void;
  /** Wipes away what `progress` showed last. */
  endProgress(): void;
  /** Styled on a terminal, plain where it is piped or NO_COLOR is set. */
  paint(style: Style, text: string): string;
}

type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

export function createTerminal(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined },
  stdout: Output,
  stderr: Output,
  environment: NodeJS.ProcessEnv,
): Terminal {
  const coloured = stdout.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  const unread = new AbortController();
  for (const output of [stdout, stderr]) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      // `| head` has read enough (EPIPE), or the terminal was closed (EIO): what follows the log ends, what changes
      // something is not left half done.
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
      if (output === stdout) unread.abort();
    });
  }
  let inProgress = false;
  const endProgress = () => {
    if (inProgress) stderr.write("\r\u001b[2K");
    inProgress = false;
  };
  return {
    environment,
    input,
    isTyped: input.isTTY === true,
    columns: columnsOf(stdout, environment),
    unread: unread.signal,
    print: (line) => {
      endProgress();
      stdout.write(`${line}\n`);
    },
    note: (line) => {
      endProgress();
      // Styled for stdout; a log of errors has no use for it.
      stderr.write(`${stderr.isTTY === true ? line : stripVTControlCharacters(line)}\n`);
    },
    progress: (text) => {
      if (stderr.isTTY !== true) return;
      // What goes over the edge could not be wiped away.
      const room = (stderr.columns ?? 80) - 1;
      stderr.write(`\r\u001b[2K${text.length > room ? `${text.slice(0, room - 1)}…` : text}`);
      inProgress = true;
    },
    endProgress,
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

function columnsOf({ columns }: Output, { COLUMNS }: NodeJS.ProcessEnv): number | undefined {
  const given = Number(COLUMNS);
  return given > 0 ? given : columns;
}

/**
 * Text from the log, safe to print: labels are written by users, and an escape sequence in one of them could move the
 * operator's cursor, change colours or answer the terminal.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    /\s/.test(character) ? " " : "\ufffd",
  );
}
