import { PGlite } from "@electric-sql/pglite";
import { pglite } from "../../src/db/pglite.ts";
import { createTidings, type FeedItem } from "../../src/index.ts";
import { repository } from "./entities.ts";
import * as events from "./events.ts";
import { exampleDeliveries } from "./exampleDeliveries.ts";
import { mapDelivery } from "./mapDelivery.ts";

// npx tsx examples/github/main.ts [repository id]
const shown = repository(process.argv[2] ?? 186853002, "Codertocat/Hello-World");
const account = "Octocoders";

const tidings = createTidings({ db: pglite(await PGlite.create()), events });
await tidings.migrate();

const deliveries = exampleDeliveries();
const recorded = await tidings.record(...deliveries.flatMap(mapDelivery));
console.log(`${deliveries.length} deliveries, ${recorded.length} events\n`);

const total = await tidings.events.count({ account, of: shown });
const page = await tidings.timeline(shown, { account, lanes: ["domain"], limit: 40 });
console.log(
  `${shown.label} in the log of ${account}: ${page.items.length} of ${total} events, newest first\n`,
);
for (const item of page.items) console.log(line(item));

const alarms = await tidings.feed({ account, severities: ["warning", "error"] });
console.log(`\nWhat needs a look: ${alarms.items.length}\n`);
for (const item of alarms.items) console.log(line(item));
process.exit();

function line({ severity, occurredAt, text, url }: FeedItem): string {
  const mark = { info: " ", warning: "!", error: "✗" }[severity];
  const time = occurredAt.toISOString().slice(0, 16).replace("T", " ");
  return `${mark} ${time}  ${text}${url === null ? "" : `\n${" ".repeat(20)}${url}`}`;
}
