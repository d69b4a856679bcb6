import { readFile } from "node:fs/promises";
import { sqlStateOf } from "../db/sqlState.ts";
import { isTidingsError } from "../errors.ts";
import { check } from "./check.ts";
import { checkVersions } from "./checkVersions.ts";
import { CliError } from "./cliError.ts";
import { parseCall, type Command } from "./command.ts";
import { dev } from "./dev.ts";
import { doctor } from "./doctor.ts";
import { generateDocs } from "./generateDocs.ts";
import { generateView } from "./generateView.ts";
import { generateWebhookTypes } from "./generateWebhookTypes.ts";
import { helpFor, overview } from "./help.ts";
import { migrateCommand } from "./migrate.ts";
import { nearest } from "./nearest.ts";
import { projections } from "./projections.ts";
import { projectionsRebuild } from "./projectionsRebuild.ts";
import { projectionsRemove } from "./projectionsRemove.ts";
import { recordCommand } from "./record.ts";
import { replayCommand } from "./replay.ts";
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
  if (
    first === undefined ||
    first === "--help" ||
    first === "-h" ||
    (first === "help" && args.length === 1)
  ) {
    terminal.print(overview(commands, await version(), terminal));
    return 0;
  }
  const words = first === "help" ? args.slice(1) : args;
  // The longest name: `check versions` is more than `check` with a word.
  const command = commands
    .filter(({ name }) => name.split(" ").every((word, index) => words[index] === word))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  if (!command) throw unknownCommand(words);
  const rest = words.slice(command.name.split(" ").length);
  if (first === "help" || rest.includes("--help") || rest.includes("-h")) {
    terminal.print(helpFor(command, terminal));
    return 0;
  }
  const call = parseCall(command, rest, terminal);
  try {
    return await command.run(call);
  } finally {
    await call.end();
  }
}

function unknownCommand(words: readonly string[]): CliError {
  const names = commands.map(({ name }) => name);
  const group = names.filter((name) => name.startsWith(`${words[0]} `));
  const typed = words.slice(0, 2).join(" ");
  const meant =
    words.length === 1 && group.length > 0 ? undefined : (nearest(typed, names) ?? nearest(words[0]!, names));
  const hint =
    meant !== undefined
      ? `Did you mean "tidings ${meant}"?`
      : group.length > 0
        ? `There are: ${group.map((name) => `tidings ${name}`).join(", ")}.`
        : "tidings --help lists the commands.";
  const shown = group.length > 0 ? typed : words[0]!;
  return new CliError("USAGE", `There is no command "${shown}". ${hint}`);
}

function report(error: unknown, asJson: boolean, { note, paint }: Terminal): number {
  const { code, message } = explain(error);
  const details = isTidingsError(error) ? { path: error.path, index: error.index } : {};
  if (asJson) note(JSON.stringify({ error: { code, message, ...details } }));
  else note(`${paint("red", "error")} ${paint("bold", code)} ${printable(message)}`);
  return code === "USAGE" ? 2 : 1;
}

function explain(error: unknown): { code: string; message: string } {
  if (error instanceof CliError || isTidingsError(error)) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const sqlState = sqlStateOf(error);
  // A role without rights is the usual reason why the database says no to a command.
  if (sqlState === "42501") {
    const hint =
      "Connect as the owner of the tables, or grant the role its rights: tidings migrate --app-role ROLE";
    return { code: "DATABASE_REFUSED", message: `${message}. ${hint}` };
  }
  if (sqlState !== undefined)
    return { code: "DATABASE_REFUSED", message: `${message} (SQLSTATE ${sqlState})` };
  return { code: "UNEXPECTED", message };
}

/** package.json lies two folders up, in src/ and in dist/ alike. */
async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
