import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { catalog, type CatalogEntry } from "../events/catalog.ts";
import { typedView } from "../events/typedView.ts";
import { viewNames } from "../events/viewNames.ts";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { connectionOptions, schemaOption } from "./connect.ts";
import { definitionOptions, loadRegistry } from "./project.ts";
import { unknownType } from "./unknownType.ts";

export const generateView: Command = {
  name: "generate view",
  summary: "Writes migrations for SQL views with typed columns",
  usage: "TYPE [options]\n  tidings generate view --all [options]",
  about:
    "One view for each event type, in a schema of their own: account, time, actor, subject, two columns for each role " +
    "and one of the right type for each field. Ask a view for one account at a time. Views run with the rights of who " +
    "asks, so row level security applies. Run the file with your own migration tool; it replaces an older view.",
  options: {
    all: { description: "Every type." },
    out: {
      value: "DIR",
      description: "Writes one file for each type, view_card_moved.sql. Default: stdout.",
    },
    index: {
      value: "COLUMN,…",
      repeated: true,
      description: "Indexes these columns of the view, with the account.",
    },
    "view-schema": { value: "NAME", description: "The schema of the views. Default: tidings_views." },
    schema: connectionOptions["schema"]!,
    ...definitionOptions,
  },
  examples: [
    [
      "tidings generate view card.moved --index to_id",
      "One view, and an index for asking what went into a column.",
    ],
    ["tidings generate view --all --out db/migrations", "A file for each type."],
  ],
  failsWhen: "the type is unknown, or a column cannot be indexed",
  positionals: 1,
  run: async (call) => {
    const [type] = call.positionals;
    if ((type === undefined) === !call.has("all")) throw new CliError("USAGE", "Pass a TYPE, or --all");
    const entries = catalog(await loadRegistry(call));
    const names = viewNames(entries.map((entry) => entry.type));
    const indexes = call.list("index");
    const schema = schemaOption(call);
    if (call.has("all") && indexes) throw new CliError("USAGE", "--index goes with one TYPE, not with --all");
    const chosen = type === undefined ? entries : [entryOf(type, entries)];
    const views = chosen.map((entry) => {
      const name = names.get(entry.type)!;
      const options = { schema, viewSchema: call.text("view-schema"), indexes };
      return { type: entry.type, view: name, sql: typedView(entry, name, options) };
    });
    await write(views, call);
    return 0;
  },
};

async function write(
  views: readonly { type: string; view: string; sql: string }[],
  call: Call,
): Promise<void> {
  const { print } = call.terminal;
  const out = call.text("out");
  if (out === undefined) {
    print(call.has("json") ? JSON.stringify({ views }) : views.map(({ sql }) => sql.trimEnd()).join("\n\n"));
    return;
  }
  await mkdir(out, { recursive: true });
  const files = views.map(({ type, view, sql }) => ({
    type,
    view,
    file: join(out, `view_${view}.sql`),
    sql,
  }));
  for (const { file, sql } of files) await writeFile(file, sql);
  if (call.has("json")) print(JSON.stringify({ views: files.map(({ sql: _sql, ...file }) => file) }));
  else for (const { type, file } of files) print(`${file}: ${type}`);
}

function entryOf(type: string, entries: readonly CatalogEntry[]): CatalogEntry {
  const entry = entries.find((each) => each.type === type || each.aliases.includes(type));
  if (entry) return entry;
  throw unknownType(
    type,
    entries.map((each) => each.type),
  );
}
