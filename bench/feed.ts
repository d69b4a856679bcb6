import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings, type Tidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { accountOf, actor, board, card, cardArchived } from "./boardEvents.ts";
import { bigAccount, writeHistory, type LogSize } from "./feedLog.ts";
import { createDatabase, openPool, startServer, type BenchServer } from "./server.ts";
import { percentile, rounded } from "./statistics.ts";

/** Pages of a log of millions of events over years, for its biggest account and for the others. */
export const feed: Bench = {
  description:
    "pages of 50 from 2 million events over 36 months and four lanes; the worse of both kinds of account",
  targets: [
    ...["firstPageP99Ms", "deepPageP99Ms", "timelineP99Ms", "sparseTypeP99Ms"].map((path) => ({
      path,
      lessThan: 5,
    })),
    ...["groupedP99Ms", "facetsP99Ms", "unreadP99Ms"].map((path) => ({ path, lessThan: 20 })),
  ],
  run,
};

const DATABASE = "bench_feed";
type Page = (account: string, turn: number) => Promise<unknown>;

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 5,
  say,
}: BenchOptions): Promise<BenchResult> {
  const size: LogSize = quick ? { events: 5_000, monthsBack: 3 } : { events: 2_000_000, monthsBack: 35 };
  const pagesPerRound = quick ? 5 : 200;
  const keepIn =
    quick || typeof choice === "object" ? undefined : join(tmpdir(), `tidings-bench-feed-${choice}`);
  if (keepIn && !isCurrent(keepIn, size)) rmSync(keepIn, { recursive: true, force: true });
  const server = await startServer(choice, keepIn);
  try {
    const pool = await openLog(server, size, keepIn, say);
    try {
      const tidings = createTidings({ db: pg(pool), events });
      await pool.query(SET_MARKS);
      const kinds = pages(tidings, size);
      const times = Object.fromEntries(
        Object.keys(kinds).map((kind) => [kind, { big: [] as number[], average: [] as number[] }]),
      );
      const floor: number[] = [];
      // Round 0 warms up the connections' plans. It is not counted.
      for (let round = 0; round <= rounds; round++) {
        for (let turn = 0; turn < pagesPerRound; turn++) {
          const asked = performance.now();
          await pool.query("select 1");
          if (round > 0) floor.push(performance.now() - asked);
          for (const [kind, page] of Object.entries(kinds)) {
            for (const [whose, account] of [
              ["big", bigAccount],
              ["average", accountOf(1 + ((turn * 37) % 999))],
            ] as const) {
              const began = performance.now();
              await page(account, round * pagesPerRound + turn);
              const took = performance.now() - began;
              if (round > 0) times[kind]![whose].push(took);
            }
          }
        }
        say(`round ${round} of ${rounds} done`);
      }
      const percentiles = (whose: "big" | "average", percent: number) =>
        Object.fromEntries(
          Object.entries(times).map(([kind, of]) => [kind, rounded(percentile(of[whose], percent))]),
        );
      const [big, average] = [percentiles("big", 99), percentiles("average", 99)];
      const worse = (kind: string) => Math.max(big[kind]!, average[kind]!);
      const { rows } = await pool.query<{ events: number }>(
        "select count(*)::int as events from tidings.events",
      );
      return {
        figures: {
          events: rows[0]!.events,
          firstPageP99Ms: worse("firstPage"),
          deepPageP99Ms: worse("deepPage"),
          timelineP99Ms: worse("timeline"),
          sparseTypeP99Ms: worse("sparseType"),
          groupedP99Ms: worse("grouped"),
          facetsP99Ms: worse("facets"),
          unreadP99Ms: worse("unread"),
          selectOneP99Ms: rounded(percentile(floor, 99)),
          bigAccountP99: big,
          averageAccountP99: average,
          bigAccountP50: percentiles("big", 50),
          averageAccountP50: percentiles("average", 50),
        },
        rounds,
        settings: { ...server.settings, ...size, pagesPerRound, accounts: 1_000 },
        versions: { postgresql: server.version },
      };
    } finally {
      await pool.end();
    }
  } finally {
    await server.stop();
  }
}

/** What a person opens, through the public API: keys, then events, then sentences. */
function pages(tidings: Tidings, { monthsBack }: LogSize): { readonly [kind: string]: Page } {
  const longAgo = (turn: number) => {
    const at = Date.now() - ((turn * 0.618) % 1) * monthsBack * 30 * 86_400_000;
    const hex = Math.floor(at).toString(16).padStart(12, "0");
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  };
  return {
    firstPage: (account) => tidings.feed({ account }),
    deepPage: (account, turn) => tidings.feed({ account, before: longAgo(turn) }),
    timeline: (account, turn) =>
      tidings.timeline(
        turn % 2 === 0 ? board(turn % 20) : card(turn % (account === bigAccount ? 20_000 : 100)),
        {
          account,
        },
      ),
    sparseType: (account) => tidings.feed({ account, types: [cardArchived] }),
    grouped: (account) => tidings.groupedFeed({ account }),
    facets: (account, turn) =>
      tidings.facets({ account, ...(turn % 2 === 0 && { of: board(turn % 20) }), timeZone: "Europe/Berlin" }),
    unread: (account, turn) =>
      tidings.unread({
        account,
        reader: actor(7),
        feed: VISITS[turn % VISITS.length]!,
        ...(turn % 2 === 0 && { of: board(turn % 20) }),
      }),
  };
}

/** Somebody who was here a moment ago, somebody who comes back from their holidays, and somebody who never looked. */
const VISITS = ["moment", "holidays", "never"] as const;

const SET_MARKS = `
insert into tidings.read_marks (account_id, reader, feed, seen, read)
select account_id, 'user:user-7', feed, greatest(0, last_position - behind), greatest(0, last_position - behind)
  from tidings.sequencer, (values ('moment', 200), ('holidays', 100000), ('never', 1000000000000)) visits (feed, behind),
       (select distinct account_id from tidings.event_order) accounts
    on conflict do nothing`;

/** Opens the log that an earlier run left, or writes it: some minutes. */
async function openLog(
  server: BenchServer,
  size: LogSize,
  keepIn: string | undefined,
  say: BenchOptions["say"],
): Promise<Pool> {
  const url = new URL(server.url);
  url.pathname = `/${DATABASE}`;
  if (keepIn && isCurrent(keepIn, size)) return warm(openPool(url.href));
  const pool = openPool(await createDatabase(server, DATABASE));
  await createTidings({ db: pg(pool), events }).migrate();
  await writeHistory(pool, size, say);
  await checkpoint(server);
  if (keepIn) writeFileSync(stamp(keepIn), contents(size));
  return warm(pool);
}

/** Reads all tables and indexes into memory, as in a server that has run for days: a page then waits for no disk. */
async function warm(pool: Pool): Promise<Pool> {
  await pool.query("create extension if not exists pg_prewarm");
  await pool.query(
    "select pg_prewarm(oid) from pg_class where relnamespace = 'tidings'::regnamespace and relkind in ('r', 'i')",
  );
  return pool;
}

async function checkpoint({ url }: BenchServer): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query("checkpoint");
  await client.end();
}

/** True when the kept log was written by the same tables and generator. */
function isCurrent(keepIn: string, size: LogSize): boolean {
  return existsSync(stamp(keepIn)) && readFileSync(stamp(keepIn), "utf8") === contents(size);
}

const stamp = (keepIn: string): string => join(keepIn, "log.sha256");

function contents(size: LogSize): string {
  const hash = createHash("sha256").update(JSON.stringify(size));
  const migrations = readdirSync(new URL("../src/db/migrations/", import.meta.url)).sort();
  for (const file of [
    ...migrations.map((name) => `../src/db/migrations/${name}`),
    "feedLog.ts",
    "history.ts",
  ]) {
    hash.update(readFileSync(new URL(file, import.meta.url)));
  }
  return hash.digest("hex");
}
