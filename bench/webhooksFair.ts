import type { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings, type Tidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { commented, stamped } from "./boardEvents.ts";
import { startChild, type Child } from "./childProcess.ts";
import { createDatabase, openPool, startServer } from "./server.ts";
import { median, percentile, rounded } from "./statistics.ts";
import type { Received } from "./webhookReceiver.ts";
import { SECRET_KEY, webhookAccount } from "./webhookSettings.ts";

/** What endpoints that never answer do to those that do, and what hostile answers do to the worker's memory. */
export const webhooksFair: Bench = {
  description:
    "200 healthy endpoints beside one that hangs with 200,000 messages, and beside 1,000 dead ones",
  targets: [
    { path: "hangingEndpointHealthyP99Ms", lessThan: 3_000 },
    { path: "deadAccountHealthyP99Ms", lessThan: 3_000 },
    { path: "hangingAccountsHealthyP99Ms", lessThan: 3_000 },
  ],
  run,
};

const HEALTHY_EVENTS = 10; // for each healthy endpoint

const SLOW = "hooks-of-a-hanging-one";
const DEAD = "hooks-of-dead-ones";

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 3,
  say,
}: BenchOptions): Promise<BenchResult> {
  const size = quick
    ? { healthy: 10, backlog: 500, dead: 20, deadEvents: 5, hangingAccounts: 3, memoryMs: 500 }
    : { healthy: 200, backlog: 200_000, dead: 1_000, deadEvents: 20, hangingAccounts: 40, memoryMs: 10_000 };
  const server = await startServer(choice);
  const receiver = startChild("webhookReceiver.ts");
  try {
    const target = await receiver.ask<string>("start");
    const hanging: number[] = [];
    const dead: number[] = [];
    const accounts: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      hanging.push(
        await besideTrouble(server, receiver, target, size.healthy, async (tidings, pool) => {
          await endpoint(tidings, SLOW, `${target}/hang`);
          await recordMany(tidings, SLOW, size.backlog);
          return waitingRows(pool, size.backlog);
        }),
      );
      dead.push(
        await besideTrouble(server, receiver, target, size.healthy, async (tidings, pool) => {
          for (let number = 0; number < size.dead; number++)
            await endpoint(tidings, DEAD, `${target}/hang/${number}`);
          await recordMany(tidings, DEAD, size.deadEvents);
          return waitingRows(pool, size.dead * size.deadEvents);
        }),
      );
      accounts.push(
        await besideTrouble(server, receiver, target, size.healthy, async (tidings, pool) => {
          for (let number = 0; number < size.hangingAccounts; number++) {
            const account = `${SLOW}-${number}`;
            for (let index = 0; index < 2; index++)
              await endpoint(tidings, account, `${target}/hang/${index}`);
            await recordMany(tidings, account, size.deadEvents);
          }
          return waitingRows(pool, size.hangingAccounts * 2 * size.deadEvents);
        }),
      );
      say(
        `round ${round} of ${rounds}: healthy p99 ${hanging.at(-1)} ms beside a hanging endpoint, ${dead.at(-1)} ms beside dead ones, ${accounts.at(-1)} ms beside many accounts whose endpoints hang`,
      );
    }
    const memory = await underHostileAnswers(server, target, size.memoryMs);
    return {
      figures: {
        hangingEndpointHealthyP99Ms: median(hanging),
        deadAccountHealthyP99Ms: median(dead),
        hangingAccountsHealthyP99Ms: median(accounts),
        ...memory,
      },
      rounds,
      settings: { ...server.settings, ...size, eventsPerHealthyEndpoint: HEALTHY_EVENTS },
      versions: { postgresql: server.version },
    };
  } finally {
    await receiver.stop();
    await server.stop();
  }
}

type Server = Awaited<ReturnType<typeof startServer>>;

/** The 99th percentile from record to arrival at the healthy endpoints, while `trouble`'s deliveries wait and hang. */
async function besideTrouble(
  server: Server,
  receiver: Child,
  target: string,
  healthy: number,
  trouble: (tidings: Tidings, pool: Pool) => Promise<() => Promise<void>>,
): Promise<number> {
  const url = await createDatabase(server, "bench_webhooks_fair");
  const pool = openPool(url);
  const worker = startChild("webhookWorker.ts");
  try {
    const tidings = open(pool);
    await tidings.migrate();
    for (let number = 0; number < healthy; number++)
      await endpoint(tidings, `healthy-${number}`, `${target}/ok`);
    const queued = await trouble(tidings, pool);
    await receiver.ask("reset", true);
    await worker.ask("start", { url, deliverer: "tidings" });
    await queued();
    for (let turn = 0; turn < HEALTHY_EVENTS; turn++) {
      await tidings.record(
        ...Array.from({ length: healthy }, (_, number) => stamped(turn, `healthy-${number}`)),
      );
    }
    await receiver.ask("until", healthy * HEALTHY_EVENTS);
    const { latencies } = await receiver.ask<Received>("received");
    return rounded(percentile(latencies, 99));
  } finally {
    await worker.kill(); // a stop would wait for the answers that never end, 15 s each time
    await pool.end();
  }
}

/** The worker's memory before and after endless bodies and bodies of packed gzip, in MB. */
async function underHostileAnswers(server: Server, target: string, forMs: number) {
  const url = await createDatabase(server, "bench_webhooks_memory");
  const pool = openPool(url);
  const worker = startChild("webhookWorker.ts");
  try {
    const tidings = open(pool);
    await tidings.migrate();
    await endpoint(tidings, webhookAccount(0), `${target}/endless`);
    await endpoint(tidings, webhookAccount(1), `${target}/bomb`);
    await worker.ask("start", { url, deliverer: "tidings" });
    const load = async (ms: number) => {
      for (const until = performance.now() + ms; performance.now() < until;) {
        await tidings.record(
          ...Array.from({ length: 20 }, (_, number) => commented(number, webhookAccount(number % 2))),
        );
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await load(forMs / 2); // until code is compiled and pools stand
    const memoryBeforeMb = await worker.ask<number>("memoryMb");
    await load(forMs);
    const memoryAfterMb = await worker.ask<number>("memoryMb");
    return { memoryBeforeMb, memoryAfterMb };
  } finally {
    await worker.kill(); // a stop would wait for the answers that never end, 15 s each time
    await pool.end();
  }
}

function open(pool: Pool): Tidings {
  return createTidings({
    db: pg(pool),
    events,
    webhooks: { secretKey: SECRET_KEY, allowAddresses: ["127.0.0.1"], maxEndpoints: 1_000 },
  });
}

async function endpoint(tidings: Tidings, account: string, url: string): Promise<void> {
  await tidings.webhooks.endpoints.create({ url, types: ["*"] }, { account });
}

async function recordMany(tidings: Tidings, account: string, count: number): Promise<void> {
  for (let written = 0; written < count; written += 500) {
    await tidings.record(
      ...Array.from({ length: Math.min(500, count - written) }, (_, index) =>
        commented(written + index, account),
      ),
    );
  }
}

/** Resolves when the fan-out has queued nearly all of them: some are already being tried. */
function waitingRows(pool: Pool, wanted: number): () => Promise<void> {
  return async () => {
    for (;;) {
      const { rows } = await pool.query<{ queued: number }>(
        "select count(*)::int as queued from tidings.delivery_queue",
      );
      if (rows[0]!.queued >= wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
}
