import { commonOptions, type Command, type Options } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** `tidings --help`. */
export function overview(commands: readonly Command[], version: string, { paint }: Terminal): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `${paint("bold", "tidings")} ${version}: the event log of your application

${paint("bold", "Usage")}
  tidings COMMAND [options]

${paint("bold", "Commands")}
${lines.join("\n")}

Each command explains itself: tidings COMMAND --help`;
}

/** `tidings COMMAND --help`. */
export function helpFor(command: Command, { paint }: Terminal): string {
  const examples = command.examples.map(([line, effect]) => `  ${line}\n      ${effect}`);
  return `${command.summary}
${command.about === undefined ? "" : `\n${command.about}\n`}
${paint("bold", "Usage")}
  tidings ${command.name} ${command.usage}

${paint("bold", "Options")}
${optionLines({ ...command.options, ...commonOptions })}

${paint("bold", "Examples")}
${examples.join("\n")}

${paint("bold", "Exit codes")}
  0  all is well
  1  ${command.failsWhen}
  2  the command line was not understood`;
}

const DESCRIPTION_WIDTH = 72;

function optionLines(options: Options): string {
  const entries = Object.entries(options).map(([name, { value, repeated, description }]) => ({
    left: `--${name}${value === undefined ? "" : ` ${value}`}${repeated && !value?.endsWith("…") ? " …" : ""}`,
    description,
  }));
  const width = Math.max(...entries.map(({ left }) => left.length));
  return entries
    .map(({ left, description }) => {
      const [first = "", ...more] = wrap(description, DESCRIPTION_WIDTH);
      return [`  ${left.padEnd(width)}  ${first}`, ...more.map((line) => " ".repeat(width + 4) + line)].join(
        "\n",
      );
    })
    .join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
