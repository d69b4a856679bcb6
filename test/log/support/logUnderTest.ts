import type { ClientBase } from "pg";
import { pg } from "../../../src/db/pg.ts";
import { createTidings, type Tidings } from "../../../src/tidings.ts";
import type { TidingsOptions } from "../../../src/tidingsOptions.ts";
import {
  createTestDatabase,
  type PostgresTestDatabase,
  type TestDatabaseOptions,
} from "../../support/testDatabase.ts";
import { startChild, type Child } from "./child.ts";
import { eventually } from "./eventually.ts";
import { CREATE_HANDLED } from "./handler.ts";
import { item, itemChanged, itemEvents, type Act } from "./itemEvents.ts";
import type { WorkerSettings } from "./worker.ts";
import type { WriterSettings } from "./writer.ts";

export interface Handled {
  readonly subscription: string;
  readonly position: number;
  readonly event: string;
  readonly account: string;
  readonly n: number;
  readonly attempt: number;
}

/** A fresh log on a real server with everything that a test of it starts, to be closed together. */
export interface LogUnderTest {
  readonly database: PostgresTestDatabase;
  /** A Tidings of this process; not started. */
  open(options?: Partial<TidingsOptions<ClientBase>>): Tidings<ClientBase>;
  /** Processes of their own, ready to work. */
  worker(settings: Omit<WorkerSettings, "url">): Promise<Child>;
  writer(settings: Omit<WriterSettings, "url">): Promise<Child>;
  record(
    n: number,
    options?: { act?: Act | undefined; account?: string | undefined; subject?: string | undefined },
  ): Promise<void>;
  /** What handlers wrote down, in the order of positions. */
  handled(subscription: string): Promise<Handled[]>;
  /** Waits until positions are given to everything that is committed; returns the last one. */
  positioned(): Promise<number>;
  /** Waits until every slot of the subscription is at the end of the log. */
  caughtUp(subscription: string): Promise<void>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openLog(options: TestDatabaseOptions = {}): Promise<LogUnderTest> {
  const database = await createTestDatabase(options);
  const { pool, url } = database;
  await pool.query(CREATE_HANDLED);
  const opened: Tidings<ClientBase>[] = [];
  const children: Child[] = [];
  const open: LogUnderTest["open"] = (given = {}) => {
    const tidings = createTidings<ClientBase>({
      db: pg(pool),
      events: itemEvents,
      account: "acme",
      ...given,
    });
    opened.push(tidings);
    return tidings;
  };
  const start = async (script: string, settings: object) => {
    const child = startChild(script, { ...settings, url });
    children.push(child);
    await child.says("ready");
    return child;
  };
  const rows: LogUnderTest["rows"] = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await pool.query<Row>(sql, values)).rows;
  const recorder = open();
  const lastPosition = async () => {
    const [log] = await rows<{ events: number; last: number }>(
      `select (select count(*) from tidings.events)::int as events, last_position::int as last from tidings.sequencer`,
    );
    return log!.events === log!.last && log!.last;
  };
  return {
    database,
    open,
    rows,
    worker: (settings) => start("worker.ts", settings),
    writer: (settings) => start("writer.ts", settings),
    record: async (n, { act, account = "acme", subject = "1" } = {}) => {
      const actor = { type: "user", id: "ann", label: "Ann" };
      await recorder.record(itemChanged({ account, actor, subject: item(subject), data: { n, act } }));
    },
    handled: (subscription) =>
      rows<Handled>(
        `select subscription, position::int, event::text, account, n, attempt from handled
          where subscription = $1 order by position, n`,
        [subscription],
      ),
    positioned: async () => {
      const last = await eventually("every committed event has a position", async () => {
        const position = await lastPosition();
        return position !== false && { position };
      });
      return last.position;
    },
    caughtUp: async (subscription) => {
      await eventually(`${subscription} is caught up`, async () => {
        const [state] = await rows<{ behind: boolean }>(
          `select bool_or(s.position < q.last_position or q.last_position < (select count(*) from tidings.events)) as behind
             from tidings.subscriptions s, tidings.sequencer q where s.name = $1`,
          [subscription],
        );
        return state!.behind === false;
      });
    },
    close: async () => {
      await Promise.all(children.map((child) => child.end()));
      await Promise.all(opened.map((tidings) => tidings.stop()));
      await database.drop();
    },
  };
}
