import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Where a command reads and writes: results go to stdout, everything else to stderr, so that results can be piped. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  readonly input: NodeJS.ReadableStream;
  /** A line of the result. */
  print(line: string): void;
  /** A line about the work, also where the result is piped. */
  note(line: string): void;
  /** A passing line about work under way, overwritten by the next one; shown to people only. */
  progress(text: string): void;
  /** Styled on a terminal, plain where it is piped or NO_COLOR is set. */
  paint(style: Style, text: string): string;
}

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };

export function createTerminal(
  input: NodeJS.ReadableStream,
  stdout: Output,
  stderr: Output,
  environment: NodeJS.ProcessEnv,
): Terminal {
  const coloured = stdout.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  let inProgress = false;
  const endProgress = () => {
    if (inProgress) stderr.write("\r\u001b[2K");
    inProgress = false;
  };
  return {
    environment,
    input,
    print: (line) => {
      endProgress();
      stdout.write(`${line}\n`);
    },
    note: (line) => {
      endProgress();
      stderr.write(`${line}\n`);
    },
    progress: (text) => {
      if (stderr.isTTY !== true) return;
      stderr.write(`\r\u001b[2K${text}`);
      inProgress = true;
    },
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
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
