import type { Database } from "../db/database.ts";
import { migrate, migrationScript } from "../db/migrate.ts";
import { schemaOf } from "../db/schema.ts";
import type { Call, Command } from "./command.ts";
import { connectionOptions, withDatabase } from "./connect.ts";
import { definitionOptions } from "./project.ts";

export const migrateCommand: Command = {
  name: "migrate",
  summary: "Creates or updates the tables",
  usage: "[options]",
  about:
    "Safe to run from many processes at once and in every deployment: it applies what is missing, in one transaction. " +
    "The role needs CREATE on the database, or a schema that it owns.",
  options: {
    "dry-run": {
      description:
        "Prints the SQL that would run, that of the roles included, for an administrator to read or run; changes nothing.",
    },
    "app-role": {
      value: "R",
      description: "Also grants this role what the app needs. Again after each migration.",
    },
    "read-role": { value: "R", description: "Also lets this role read one account's events at a time." },
    ...connectionOptions,
    config: definitionOptions["config"]!,
  },
  examples: [
    ["tidings migrate --database-url postgres://localhost/app", "Brings the tables up to date."],
    ["tidings migrate --dry-run > tidings.sql", "For those who apply SQL by other means."],
    ["tidings migrate --app-role app --read-role reporting", "Also says who may do what."],
  ],
  failsWhen: "the tables could not be brought up to date; nothing was changed",
  run: (call) => withDatabase(call, (db) => bringUpToDate(db, call), { create: !call.has("dry-run") }),
};

async function bringUpToDate(db: Database, call: Call): Promise<number> {
  const { print, progress, paint } = call.terminal;
  const roles = { appRole: call.text("app-role"), readRole: call.text("read-role") };
  if (call.has("dry-run")) {
    const sql = await migrationScript(db, roles);
    if (call.has("json")) print(JSON.stringify({ schema: schemaOf(db), sql }));
    else print(sql === "" ? "-- Nothing to do: all migrations are applied." : sql.trimEnd());
    return 0;
  }
  const applied = await migrate(db, {
    ...roles,
    onProgress: ({ name }) => progress(`applying ${name} …`),
  });
  const names = applied.map(({ name }) => name);
  if (call.has("json")) {
    print(JSON.stringify({ schema: schemaOf(db), applied: names }));
    return 0;
  }
  for (const name of names) print(`${paint("green", "✓")} applied ${name}`);
  if (names.length === 0) print(`${paint("green", "✓")} up to date`);
  for (const [option, what] of [
    ["app-role", "runs the app"],
    ["read-role", "reads one account at a time"],
  ] as const) {
    const role = call.text(option);
    if (role !== undefined) print(`${paint("green", "✓")} ${role} ${what}`);
  }
  return 0;
}
