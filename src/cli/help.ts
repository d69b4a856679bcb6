import { commonOptions, type Command, type Options } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** `tidings --help`. */
export function overview(commands: readonly Command[], version: string, terminal: Terminal): string {
  const { paint } = terminal;
  return [
    ...wrap(`${paint("bold", "tidings")} ${version}: the event log of your application`, widthOf(terminal)),
    "",
    paint("bold", "Usage"),
    "  tidings COMMAND [options]",
    "",
    paint("bold", "Commands"),
    ...commandLines(commands, terminal),
    "",
    "Each command explains itself: tidings COMMAND --help",
  ].join("\n");
}

/** `tidings webhooks --help`: of commands whose names begin with the same word. */
export function groupHelp(commands: readonly Command[], terminal: Terminal): string {
  const [group] = commands[0]!.name.split(" ");
  return [
    terminal.paint("bold", "Commands"),
    ...commandLines(commands, terminal),
    "",
    `Each explains itself: tidings ${group} COMMAND --help`,
  ].join("\n");
}

/** `tidings COMMAND --help`. */
export function helpFor(command: Command, terminal: Terminal): string {
  const { paint } = terminal;
  const width = widthOf(terminal);
  const usages = command.usage.split("\n").map((usage) => usage.trim());
  return [
    ...wrap(command.summary, width),
    "",
    ...(command.about === undefined ? [] : [...wrap(command.about, width), ""]),
    paint("bold", "Usage"),
    ...usages.flatMap((usage, index) =>
      indented(2, wrap(index === 0 ? `tidings ${command.name} ${usage}` : usage, width - 6), 6),
    ),
    "",
    paint("bold", "Options"),
    ...optionLines({ ...command.options, ...commonOptions }, width),
    "",
    paint("bold", "Examples"),
    // As it is typed, whatever the width: to be copied.
    ...command.examples.flatMap(([line, effect]) => [`  ${line}`, ...indented(6, wrap(effect, width - 6))]),
    "",
    paint("bold", "Exit codes"),
    ...columns(
      [
        ["  0", "all is well"],
        ["  1", command.failsWhen],
        ["  2", "the command line was not understood"],
        ["130", "it was interrupted before it was done"],
      ],
      width,
    ),
  ].join("\n");
}

/** Of lines that a person reads with ease; what is piped is read there, too. */
const WIDEST = 100;

function widthOf({ columns = WIDEST }: Terminal): number {
  return Math.max(24, Math.min(columns, WIDEST));
}

function commandLines(commands: readonly Command[], terminal: Terminal): string[] {
  return columns(
    commands.map(({ name, summary }) => [name, summary]),
    widthOf(terminal),
  );
}

function optionLines(options: Options, width: number): string[] {
  return columns(
    Object.entries(options).map(([name, { value, repeated, description }]) => [
      `--${name}${value === undefined ? "" : ` ${value}`}${repeated && !value?.endsWith("…") ? " …" : ""}`,
      description,
    ]),
    width,
  );
}

/** Narrower, and a description is better read below what it describes. */
const NARROWEST_DESCRIPTION = 36;

function columns(rows: readonly (readonly [left: string, description: string])[], width: number): string[] {
  const left = Math.max(...rows.map(([text]) => text.length));
  const room = width - left - 4;
  if (room < NARROWEST_DESCRIPTION && left > 3) {
    return rows.flatMap(([text, description]) => [`  ${text}`, ...indented(6, wrap(description, width - 6))]);
  }
  return rows.flatMap(([text, description]) => {
    const [first = "", ...more] = wrap(description, room);
    return [`  ${text.padEnd(left)}  ${first}`, ...indented(left + 4, more)];
  });
}

function indented(by: number, lines: readonly string[], thenBy = by): string[] {
  return lines.map((line, index) => " ".repeat(index === 0 ? by : thenBy) + line);
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
