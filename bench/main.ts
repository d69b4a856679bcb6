import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { bulk } from "./bulk.ts";
import { feed } from "./feed.ts";
import { live } from "./live.ts";
import { record } from "./record.ts";
import { replay } from "./replay.ts";
import { humanTable } from "./report.ts";
import { sequencer } from "./sequencer.ts";
import type { ServerChoice } from "./server.ts";
import { webhooks } from "./webhooks.ts";
import { webhooksFair } from "./webhooksFair.ts";

const benches: { readonly [name: string]: Bench } = {
  record,
  bulk,
  sequencer,
  feed,
  live,
  replay,
  webhooks,
  "webhooks-fair": webhooksFair,
};

const USAGE = `npm run bench -- NAME [options]

${Object.entries(benches)
  .map(([name, { description }]) => `  ${name.padEnd(14)} ${description}`)
  .join("\n")}

  --json                 one JSON object instead of a table
  --quick                small sizes: shows that a bench runs, its figures mean nothing
  --rounds N             how many rounds the medians are of
  --server NAME          embedded (PostgreSQL 18, the default) or system (what the operating system has)
  --database-url URL     a running server instead; a database of the bench's own is created on it`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    server: { type: "string", default: "embedded" },
    "database-url": { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [name = ""] = positionals;
const bench = benches[name];
if (bench === undefined || values.help) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const { figures, ...circumstances } = await bench.run({
  server: serverChoice(),
  quick: values.quick,
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  say: (progress) => console.error(`${name}: ${progress}`),
});
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`;
const result = {
  bench: name,
  ...figures,
  ...circumstances,
  node: process.version,
  machine,
  quick: values.quick,
};
console.log(values.json ? JSON.stringify(result, null, 2) : humanTable(bench, figures, result));

function serverChoice(): ServerChoice {
  if (values["database-url"] !== undefined) return { url: values["database-url"] };
  if (values.server === "embedded" || values.server === "system") return values.server;
  throw new Error(`--server must be embedded or system, not ${values.server}`);
}
