import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { accountOf, commented } from "./boardEvents.ts";
import { importPeer } from "./importPeer.ts";

/** What a transaction does after the UPDATE of its business row. */
export type AfterUpdate = (client: Client, number: number) => Promise<unknown>;

interface PgBoss {
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: object, options: { db: PgBossDatabase }): Promise<string | null>;
  on(event: "error", listener: (error: Error) => void): void;
}
interface PgBossDatabase {
  executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}
interface Emmett {
  appendToStream(
    pool: object,
    stream: string,
    streamType: string,
    messages: object[],
  ): Promise<{ success: boolean }>;
  getPostgreSQLEventStore(url: string): { schema: { migrate(): Promise<unknown> }; close(): Promise<void> };
}

const QUEUE = "card_moved";

export async function createPeerTables(url: string): Promise<void> {
  const emmett = await importPeer<Emmett>("@event-driven-io/emmett-postgresql");
  const store = emmett.getPostgreSQLEventStore(url);
  await store.schema.migrate();
  await store.close();
  const boss = await pgBoss(url);
  await boss.start();
  await boss.createQueue(QUEUE);
  await boss.stop({ graceful: false });
}

/**
 * Emmett's own append function, in the transaction that already holds the UPDATE. Its pool opens a transaction by
 * itself; here it is handed the open one. One stream a card, so that its version check meets no contention.
 */
export async function emmettAppend(): Promise<AfterUpdate> {
  const { appendToStream } = await importPeer<Emmett>("@event-driven-io/emmett-postgresql");
  return async (client, number) => {
    const openTransaction = {
      withTransaction: <Result>(work: (transaction: object) => Promise<{ result: Result }>) =>
        work({ execute: { command: (sql: string) => client.query(sql) } }),
    };
    const { type, ...data } = content(number);
    const { success } = await appendToStream(openTransaction, `card-${number}`, "card", [
      { type, data, metadata: { messageId: randomUUID() } },
    ]);
    if (!success) throw new Error("emmett did not append");
  };
}

/** A job of the same content, through the `db` option that pg-boss has for this. */
export async function pgBossSend(url: string): Promise<{ send: AfterUpdate; stop: () => Promise<void> }> {
  const boss = await pgBoss(url);
  await boss.start();
  const through = (client: Client): PgBossDatabase => ({
    executeSql: (text, values) => client.query(text, values),
  });
  return {
    send: (client, number) => boss.send(QUEUE, content(number), { db: through(client) }),
    stop: () => boss.stop({ graceful: false }),
  };
}

/** What Tidings would store of the event, as one object. */
function content(number: number) {
  const { type, subject, refs, data, actor } = commented(number, accountOf(number));
  return { type, account: accountOf(number), subject, refs, data, actor };
}

async function pgBoss(url: string): Promise<PgBoss> {
  const { default: PgBoss } = await importPeer<{ default: new (options: object) => PgBoss }>("pg-boss");
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 2 });
  boss.on("error", (error) => console.error(error));
  return boss;
}
