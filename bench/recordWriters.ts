import { Client, Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings } from "../src/index.ts";
import * as events from "./boardEvents.ts";
import { accountOf, commented } from "./boardEvents.ts";
import { answer } from "./childProcess.ts";
import { emmettAppend, pgBossSend, type AfterUpdate } from "./peers.ts";

// Writers of the bench `record`, in a process of their own: each runs one business transaction after the other.

export type Variant = "updateOnly" | "record" | "emmett" | "pgBossSend";
export interface WriterSetup {
  readonly url: string;
  readonly writers: number;
  readonly rows: number;
  readonly peers: boolean;
}
export interface WriterRound {
  readonly variant: Variant;
  readonly forMs: number;
  /** Transactions a second that this process begins, spread over its writers; null: as many as go. */
  readonly perSecond: number | null;
}
export interface WriterResult {
  readonly transactions: number;
  /** From BEGIN to the end of COMMIT, milliseconds. */
  readonly latencies: readonly number[];
}

let setup: WriterSetup;
let clients: Client[] = [];
let variants: { readonly [variant in Variant]?: AfterUpdate };
let stopPeers = async () => undefined as void;

async function prepare(given: WriterSetup): Promise<void> {
  setup = given;
  clients = await Promise.all(
    Array.from({ length: setup.writers }, async () => {
      const client = new Client(setup.url);
      await client.connect();
      return client;
    }),
  );
  // Only its adapter is used: the transactions and their clients are ours, as in an app.
  const tidings = createTidings({ db: pg(new Pool({ connectionString: setup.url })), events });
  variants = {
    updateOnly: async () => undefined,
    record: (client, number) => tidings.record(client, commented(number, accountOf(number))),
  };
  if (!setup.peers) return;
  const pgBoss = await pgBossSend(setup.url);
  stopPeers = pgBoss.stop;
  variants = { ...variants, emmett: await emmettAppend(), pgBossSend: pgBoss.send };
}

async function round({ variant, forMs, perSecond }: WriterRound): Promise<WriterResult> {
  const afterUpdate = variants[variant]!;
  const latencies: number[] = [];
  const until = performance.now() + forMs;
  const betweenMs = perSecond === null ? 0 : (1_000 * clients.length) / perSecond;
  await Promise.all(
    clients.map(async (client, index) => {
      let next = performance.now() + (betweenMs * index) / clients.length;
      while (performance.now() < until) {
        if (next > performance.now())
          await new Promise((resolve) => setTimeout(resolve, next - performance.now()));
        next += betweenMs;
        const began = performance.now();
        await transaction(client, Math.floor(Math.random() * setup.rows), afterUpdate);
        latencies.push(performance.now() - began);
      }
    }),
  );
  return { transactions: latencies.length, latencies };
}

async function transaction(client: Client, number: number, afterUpdate: AfterUpdate): Promise<void> {
  await client.query("begin");
  await client.query("update cards set position = position + 1, updated_at = now() where id = $1", [number]);
  await afterUpdate(client, number);
  await client.query("commit");
}

answer({ prepare, round }, async () => {
  await stopPeers();
  await Promise.all(clients.map((client) => client.end()));
});
