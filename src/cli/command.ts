import { parseArgs } from "node:util";
import { CliError } from "./cliError.ts";
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
  /** Has `work` done when the command is over, however it ends. */
  atEnd(work: () => Promise<void>): void;
}

/** A call that is yet to be run. */
export interface ParsedCall extends Call {
  /** Does what was left for the end. */
  end(): Promise<void>;
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
    end: async () => {
      for (const work of atEnd) await work();
    },
  };
}

function parse(command: Command, args: readonly string[]) {
  const options = Object.entries({ ...command.options, ...commonOptions }).map(
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
    const [problem] = (cause as Error).message.split(". ");
    throw new CliError("USAGE", `${problem}. See: tidings ${command.name} --help`);
  }
}
