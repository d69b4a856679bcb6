import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as passes } from "node:timers/promises";
import { Pool, type PoolClient } from "pg";
import { pg } from "../../../src/db/pg.ts";
import { createTidings } from "../../../src/tidings.ts";
import { item, itemChanged, itemEvents } from "./itemEvents.ts";

/** A process whose writers commit, roll back, use savepoints and sit idle, until each made its transactions. */
export interface WriterSettings {
  readonly url: string;
  readonly writers: number;
  readonly transactions: number;
  readonly notify: boolean;
  readonly accounts: readonly string[];
}

const settings = JSON.parse(process.argv[2]!) as WriterSettings;
const pool = new Pool({ connectionString: settings.url, max: settings.writers });
const tidings = createTidings({
  db: pg(pool, { listen: false }),
  events: itemEvents,
  notify: settings.notify,
});
const actor = { type: "user", id: "ann", label: "Ann" };

console.log("ready");
await once(createInterface({ input: process.stdin }), "line");
await Promise.all(Array.from({ length: settings.writers }, (_, writer) => write(writer)));
console.log("written");
process.exit(0);

async function write(writer: number): Promise<void> {
  const client = await pool.connect();
  for (let transaction = 0; transaction < settings.transactions; transaction++) {
    await client.query("begin");
    await inTransaction(client, writer, transaction);
    // Every fifth is rolled back.
    await client.query((writer + transaction) % 5 === 4 ? "rollback" : "commit");
    if (writer === 0 && transaction === Math.floor(settings.transactions / 2)) console.log("halfway");
  }
  client.release();
}

async function inTransaction(client: PoolClient, writer: number, transaction: number): Promise<void> {
  const account = settings.accounts[(writer + transaction) % settings.accounts.length]!;
  // One subject a writer: n is then the order of its events.
  const change = (n: number) =>
    itemChanged({
      account,
      actor,
      subject: item(`${process.pid}-${writer}`),
      data: { n: transaction * 10 + n },
    });
  await tidings.record(client, change(0));
  if (transaction % 3 === 0) await passes((writer % 4) * 15); // idle in transaction, some for longer than a tick
  if (transaction % 4 === 0) {
    await client.query("savepoint half");
    await tidings.record(client, change(1));
    await client.query("rollback to half");
  }
  if (transaction % 2 === 0) await tidings.record(client, change(2), change(3));
}
