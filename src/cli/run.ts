import { readFile } from "node:fs/promises";
import { sqlStateOf } from "../db/sqlState.ts";
import { isTidingsError, type ErrorCode } from "../errors.ts";
import { check } from "./check.ts";
import { checkVersions } from "./checkVersions.ts";
import { CliError } from "./cliError.ts";
import { parseCall, type Command } from "./command.ts";
import { dev } from "./dev.ts";
import { doctor } from "./doctor.ts";
import { generateDocs } from "./generateDocs.ts";
import { generateView } from "./generateView.ts";
import { generateWebhookTypes } from "./generateWebhookTypes.ts";
import { groupHelp, helpFor, overview } from "./help.ts";
import { migrateCommand } from "./migrate.ts";
import { nearest } from "./nearest.ts";
import { projections } from "./projections.ts";
import { projectionsRebuild } from "./projectionsRebuild.ts";
import { projectionsRemove } from "./projectionsRemove.ts";
import { recordCommand } from "./record.ts";
import { replayCommand } from "./replay.ts";
import { INTERRUPTED_CODE, runToEnd } from "./runToEnd.ts";
import { tail } from "./tail.ts";
import { printable, type Terminal } from "./terminal.ts";
import { webhooksEndpoints } from "./webhooksEndpoints.ts";
import { webhooksListen } from "./webhooksListen.ts";
import { webhooksRecover } from "./webhooksRecover.ts";
import { webhooksResend } from "./webhooksResend.ts";
import { webhooksTest } from "./webhooksTest.ts";

const commands: readonly Command[] = [
  dev,
  migrateCommand,
  tail,
  recordCommand,
  replayCommand,
  generateDocs,
  generateView,
  generateWebhookTypes,
  check,
  checkVersions,
  doctor,
  projections,
  projectionsRebuild,
  projectionsRemove,
  webhooksListen,
  webhooksEndpoints,
  webhooksTest,
  webhooksResend,
  webhooksRecover,
];

/** Runs one command line and resolves to its exit code; never rejects. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    return report(error, args.includes("--json"), terminal);
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first] = args;
  if (first === "--version" || first === "-v") {
    terminal.print(await version());
    return 0;
  }
  const asksForHelp = first === "help" || args.includes("--help") || args.includes("-h");
  const words = first === "help" ? args.slice(1) : args;
  if (words[0] === undefined || (words[0].startsWith("-") && asksForHelp)) {
    terminal.print(overview(commands, await version(), terminal));
    return 0;
  }
  // The longest name: `check versions` is more than `check` with a word.
  const command = commands
    .filter(({ name }) => name.split(" ").every((word, index) => words[index] === word))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  if (command) {
    if (!asksForHelp) return runToEnd(command, parseCall(command, argsOf(command, words), terminal));
    terminal.print(helpFor(command, terminal));
    return 0;
  }
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  if (group.length === 0 || !asksForHelp || words[1]?.startsWith("-") === false)
    throw unknownCommand(words, group);
  terminal.print(groupHelp(group, terminal));
  return 0;
}

function argsOf({ name }: Command, words: readonly string[]): readonly string[] {
  return words.slice(name.split(" ").length);
}

function unknownCommand(words: readonly string[], group: readonly Command[]): CliError {
  const [first = "", second] = words;
  if (first.startsWith("-"))
    return new CliError("USAGE", `${first} comes before a command. Write: tidings COMMAND ${first}`);
  const isSecond = group.length > 0 && second !== undefined && !second.startsWith("-");
  const typed = isSecond ? `${first} ${second}` : first;
  const names = commands.map(({ name }) => name);
  const meant =
    group.length === 0
      ? (nearest(words.slice(0, 2).join(" "), names) ?? nearest(first, names))
      : nearestIn(group, isSecond ? second : undefined);
  const hint = meant
    ? `Did you mean "tidings ${meant}"?`
    : group.length > 0
      ? `There are: ${group.map(({ name }) => `tidings ${name}`).join(", ")}.`
      : "tidings --help lists the commands.";
  return new CliError("USAGE", `There is no command "${typed}". ${hint}`);
}

/** Only the second word counts: `webhooks foo` is as near to `webhooks test` as the first word is long. */
function nearestIn(group: readonly Command[], typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined;
  const second = nearest(
    typed,
    group.map(({ name }) => name.split(" ")[1]!),
  );
  return group.find(({ name }) => name.split(" ")[1] === second)?.name;
}

function report(error: unknown, asJson: boolean, { note, paint }: Terminal): number {
  const { code, message } = explain(error);
  const details = isTidingsError(error) ? { path: error.path, index: error.index } : {};
  if (asJson) note(JSON.stringify({ error: { code, message, ...details } }));
  else note(`${paint("red", "error")} ${paint("bold", code)} ${printable(message)}`);
  return code === "USAGE" ? 2 : code === "INTERRUPTED" ? INTERRUPTED_CODE : 1;
}

function explain(error: unknown): { code: string; message: string } {
  if (error instanceof CliError) return { code: error.code, message: error.message };
  if (isTidingsError(error)) {
    const next = NEXT_STEPS[error.code];
    return { code: error.code, message: next === undefined ? error.message : `${error.message} ${next}` };
  }
  const message = error instanceof Error ? error.message : String(error);
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined) {
    const hint = sqlState === "42704" && message.startsWith("role ") ? UNKNOWN_ROLE : SQL_HINTS[sqlState];
    return { code: "DATABASE_REFUSED", message: `${message}${hint ?? ` (SQLSTATE ${sqlState})`}` };
  }
  // A file that a command reads or writes: Node names the call that the system refused, and the path.
  if (error instanceof Error && "syscall" in error && "path" in error)
    return { code: "FILE_REFUSED", message: `${message}. Check the path, and who may read and write there` };
  return { code: "UNEXPECTED", message };
}

/** What a person at a terminal can do, where the library's own message, which is for programs, does not say it. */
const NEXT_STEPS: { readonly [Code in ErrorCode]?: string } = {
  ENDPOINT_NOT_FOUND: "To list them: tidings webhooks endpoints",
  DELIVERY_NOT_FOUND: "The portal and the dashboard list them",
  PROJECTION_NOT_FOUND: "To list them: tidings projections",
};

const UNKNOWN_ROLE = ". Create it first: create role … login";

const SQL_HINTS: { readonly [sqlState: string]: string } = {
  // A role without rights is the usual reason why the database says no to a command.
  "42501":
    ". Connect as the owner of the tables, or grant the role its rights: tidings migrate --app-role ROLE",
  "25006": ". Connect to the primary, with a role that may write",
};

/** package.json lies two folders up, in src/ and in dist/ alike. */
async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
