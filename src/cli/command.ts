import { parseArgs } from "node:util";
import { CliError } from "./cliError.ts";
import { nearest } from "./nearest.ts";
import type { Terminal } from "./terminal.ts";

/** One thing that `tidings` does. */
export interface Command {
  /** As it is typed: `tail`, `generate docs`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name: `TYPE --account A [options]`. */
  readonly usage: string;
  /** What a person should know before using it. */
  readonly about?: string | undefined;
  readonly options: Options;
  readonly examples: readonly (readonly [command: string, effect: string])[];
  /** What exit code 1 means here. */
  readonly failsWhen: string;
  /** How many words may follow the name, besides options. Default 0. */
  readonly positionals?: number | undefined;
  /** Resolves to the exit code. */
  run(call: Call): Promise<number>;
}

export interface Option {
  /** The word that stands for its value in the help; absent for a switch. */
  readonly value?: string | undefined;
  /** May be given several times. */
  readonly repeated?: boolean | undefined;
  readonly description: string;
}

export type Options = { readonly [name: string]: Option };

/** A command line that was understood. */
export interface Call {
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  has(option: string): boolean;
  text(option: string): string | undefined;
  /** Throws USAGE when the option is not there. */
  required(option: string): string;
  /** Every value of an option that may be repeated, as given. */
  texts(option: string): readonly string[];
  /** Values separated by commas or given one by one; undefined when there is none. */
  list(option: string): readonly string[] | undefined;
  wholeNumber(option: string): number | undefined;
  /** Has `work` done when the command is over, however it ends: done, failed or interrupted. */
  atEnd(work: () => Promise<void>): void;
  /** Leaves it to the command how Ctrl-C ends it, until the function that this gives is called. */
  onInterrupt(stop: () => void): () => void;
}

/** A call that is yet to be run. */
export interface ParsedCall extends Call {
  /** Does what was left for the end, the last first. Rejects with the first failure, once all was tried. */
  end(): Promise<void>;
  /** Has the command end by itself; false where it left that to nobody. */
  interrupt(): boolean;
}

export const commonOptions: Options = {
  json: { description: "Prints JSON for programs instead of text for people." },
  help: { description: "Prints this help." },
};

/** Throws USAGE for what the command does not know. */
export function parseCall(command: Command, args: readonly string[], terminal: Terminal): ParsedCall {
  const { values, positionals } = parse(command, args);
  if (positionals.length > (command.positionals ?? 0)) {
    throw new CliError(
      "USAGE",
      `"${positionals.at(-1)}" is one word too many. See: tidings ${command.name} --help`,
    );
  }
  const texts = (option: string) =>
    [values[option] ?? []].flat().filter((value) => typeof value === "string");
  const text = (option: string) => texts(option).at(-1);
  const atEnd: (() => Promise<void>)[] = [];
  const stops = new Set<() => void>();
  return {
    positionals,
    terminal,
    texts,
    text,
    has: (option) => values[option] !== undefined,
    required: (option) => {
      const value = text(option);
      if (value === undefined || value === "") {
        const form = `--${option} ${command.options[option]?.value ?? "VALUE"}`;
        throw new CliError("USAGE", `${form} is missing. See: tidings ${command.name} --help`);
      }
      return value;
    },
    list: (option) => {
      const items = texts(option)
        .flatMap((value) => value.split(","))
        .map((value) => value.trim())
        .filter((value) => value !== "");
      return items.length === 0 ? undefined : items;
    },
    wholeNumber: (option) => {
      const value = text(option);
      if (value === undefined) return undefined;
      if (!/^\d{1,15}$/.test(value))
        throw new CliError("USAGE", `--${option} must be a whole number, not "${value}"`);
      return Number(value);
    },
    atEnd: (work) => void atEnd.push(work),
    onInterrupt: (stop) => {
      stops.add(stop);
      return () => stops.delete(stop);
    },
    end: async () => {
      const failures: unknown[] = [];
      // What a command opens while it is being ended comes in here, too.
      for (let work = atEnd.pop(); work; work = atEnd.pop())
        await work().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
    interrupt: () => {
      for (const stop of stops) stop();
      return stops.size > 0;
    },
  };
}

function parse(command: Command, args: readonly string[]) {
  const known = { ...command.options, ...commonOptions };
  const options = Object.entries(known).map(
    ([name, { value, repeated = false }]) =>
      [name, { type: value === undefined ? "boolean" : "string", multiple: repeated }] as const,
  );
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(options),
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    const problem = problemOf(cause as Error, known);
    const end = problem.endsWith("?") ? "" : ".";
    throw new CliError("USAGE", `${problem}${end} See: tidings ${command.name} --help`, { cause });
  }
}

/** parseArgs speaks of "arguments", in sentences that differ between versions of Node; it names the option in each. */
function problemOf({ message }: Error, known: Options): string {
  const [typed = ""] = /--?[^\s'"=]+/.exec(message) ?? [];
  const name = typed.replace(/^-+/, "");
  const option = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!option) {
    const meant = name.length > 1 ? nearest(name, Object.keys(known)) : undefined;
    return `There is no option ${typed}${meant === undefined ? "" : `. Did you mean --${meant}?`}`;
  }
  if (option.value === undefined) return `${typed} takes no value`;
  const dash = /ambiguous/.test(message)
    ? `. One that begins with a dash is written ${typed}=${option.value}`
    : "";
  return `${typed} needs a value: ${typed} ${option.value}${dash}`;
}
