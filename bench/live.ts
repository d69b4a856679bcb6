import { pg } from "../src/db/pg.ts";
import { createTidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { accountOf, commented } from "./boardEvents.ts";
import { startChild, type Child } from "./childProcess.ts";
import type { ClientSettings, Received } from "./liveClients.ts";
import { createDatabase, openPool, startServer } from "./server.ts";
import { median, percentile, rounded } from "./statistics.ts";

/** A thousand browsers of fifty accounts at one process, which lose their connections at random. */
export const live: Bench = {
  description:
    "1,000 live streams over 50 accounts from one process, 200 events/s, connections cut at random",
  targets: [
    { path: "p99Ms", lessThan: 150 },
    { path: "missed", lessThan: 1 },
    { path: "duplicated", lessThan: 1 },
  ],
  run,
};

const ACCOUNTS = 50;
const EVENTS_PER_SECOND = 200;
const CUTS_PER_SECOND = 20;

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly reads: number;
  readonly missed: number;
  readonly duplicated: number;
  readonly cuts: number;
}

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 3,
  say,
}: BenchOptions): Promise<BenchResult> {
  const size = quick ? { clients: 100, few: 20, forMs: 1_000 } : { clients: 1_000, few: 100, forMs: 10_000 };
  const server = await startServer(choice);
  try {
    const url = await createDatabase(server, "bench_live");
    const pool = openPool(url);
    const worker = startChild("workerProcess.ts");
    const web = startChild("liveServer.ts");
    const browsers = startChild("liveClients.ts");
    try {
      const tidings = createTidings({ db: pg(pool), events });
      await tidings.migrate();
      await worker.ask("start", url);
      const port = await web.ask<number>("start", url);

      const measure = async (clients: number, cutsPerSecond: number): Promise<Measured> => {
        const accounts = Array.from({ length: ACCOUNTS }, (_, number) => accountOf(number));
        await browsers.ask("open", { port, clients, accounts, cutsPerSecond } satisfies ClientSettings);
        const before = await web.ask<number>("reads");
        const counts = await recordFor(tidings, size.forMs, accounts);
        const reads = (await web.ask<number>("reads")) - before;
        const listeners = new Map<string, number>();
        for (let client = 0; client < clients; client++) {
          const account = accounts[client % ACCOUNTS]!;
          listeners.set(account, (listeners.get(account) ?? 0) + 1);
        }
        const expected = [...counts].reduce(
          (sum, [account, count]) => sum + count * (listeners.get(account) ?? 0),
          0,
        );
        const { delays, received, duplicated, cuts } = await browsers.ask<Received>("received", expected);
        return {
          p50: percentile([...delays], 50),
          p99: percentile([...delays], 99),
          reads: (reads * 1_000) / size.forMs,
          missed: expected - received,
          duplicated,
          cuts,
        };
      };

      const all: Measured[] = [];
      const few: Measured[] = [];
      for (let round = 1; round <= rounds; round++) {
        // Without cuts the same number of reads, however many clients: they are the process's, not the streams'.
        few.push(await measure(size.few, 0));
        const calm = await measure(size.clients, 0);
        all.push({ ...(await measure(size.clients, CUTS_PER_SECOND)), reads: calm.reads });
        say(
          `round ${round} of ${rounds}: p50 ${all.at(-1)!.p50} ms, p99 ${all.at(-1)!.p99} ms, ${all.at(-1)!.cuts} cuts`,
        );
      }
      const sum = (key: "missed" | "duplicated" | "cuts") =>
        [...all, ...few].reduce((total, measured) => total + measured[key], 0);
      return {
        figures: {
          clients: size.clients,
          eventsPerSecond: EVENTS_PER_SECOND,
          p50Ms: rounded(median(all.map(({ p50 }) => p50))),
          p99Ms: rounded(median(all.map(({ p99 }) => p99))),
          dbReadsPerSecond: rounded(median(all.map(({ reads }) => reads))),
          dbReadsPerSecondOfFewClients: rounded(median(few.map(({ reads }) => reads))),
          missed: sum("missed"),
          duplicated: sum("duplicated"),
          cuts: sum("cuts"),
        },
        rounds,
        settings: { ...server.settings, ...size, accounts: ACCOUNTS },
        versions: { postgresql: server.version },
      };
    } finally {
      await Promise.all([browsers, web, worker].map((child: Child) => child.stop()));
      await pool.end();
    }
  } finally {
    await server.stop();
  }
}

/** Records at a steady pace and tells how many events each account got. */
async function recordFor(
  tidings: { record(...drafts: ReturnType<typeof commented>[]): Promise<unknown> },
  forMs: number,
  accounts: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const under: Promise<unknown>[] = [];
  const began = performance.now();
  const total = Math.round((forMs * EVENTS_PER_SECOND) / 1_000);
  for (let number = 0; number < total; number++) {
    const account = accounts[Math.floor(Math.random() * accounts.length)]!;
    counts.set(account, (counts.get(account) ?? 0) + 1);
    under.push(tidings.record(commented(number, account)));
    const due = began + ((number + 1) * 1_000) / EVENTS_PER_SECOND;
    if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
  }
  await Promise.all(under);
  return counts;
}
