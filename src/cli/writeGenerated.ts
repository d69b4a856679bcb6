import { readFile, writeFile } from "node:fs/promises";
import { CliError } from "./cliError.ts";
import type { Call, Options } from "./command.ts";

export const generatedOptions = {
  out: { value: "FILE", description: "Where to write it. Default: stdout." },
  check: { description: "Writes nothing and fails when FILE is not what would be written." },
} satisfies Options;

interface Generated {
  readonly text: string;
  /** Stands for the text on stdout with `--json`. */
  readonly json: object;
  /** What is said of the file, for people and for programs. */
  readonly written: string;
  readonly writtenJson?: object;
}

/** Writes what `generate` gives to `--out` or stdout; with `--check` only compares it. Throws OUT_OF_DATE. */
export async function writeGenerated(
  command: string,
  call: Call,
  generate: () => Promise<Generated>,
): Promise<number> {
  const isCheck = call.has("check");
  const out = isCheck ? call.required("out") : call.text("out");
  const { text, json, written, writtenJson } = await generate();
  const { print } = call.terminal;
  const say = (asJson: object, line: string) => print(call.has("json") ? JSON.stringify(asJson) : line);
  if (out === undefined) {
    say(json, text.trimEnd());
  } else if (isCheck) {
    const present = await readFile(out, "utf8").catch(() => "");
    // A checkout with CRLF line ends is the same file.
    if (present.replaceAll("\r\n", "\n") !== text) {
      throw new CliError(
        "OUT_OF_DATE",
        `${out} does not match the definitions. Run: tidings ${command} --out ${out}`,
      );
    }
    say({ file: out, upToDate: true }, `${out} is up to date`);
  } else {
    await writeFile(out, text);
    say({ file: out, ...writtenJson }, `${out}: ${written}`);
  }
  return 0;
}
