import type { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings, type Tidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { commented, dataOf, stamped } from "./boardEvents.ts";
import { startChild, type Child } from "./childProcess.ts";
import { createDatabase, openPool, startServer } from "./server.ts";
import { median, percentile, ratioOfRounds, rotated, rounded } from "./statistics.ts";
import {
  createPeerQueues,
  enqueueForGraphileWorker,
  enqueueForPgBoss,
  type PeerDelivery,
} from "./webhookPeers.ts";
import { peerVersions } from "./peerVersions.ts";
import type { Received } from "./webhookReceiver.ts";
import { ACCOUNTS, CONCURRENCY, SECRET_KEY, webhookAccount } from "./webhookSettings.ts";
import type { Deliverer } from "./webhookWorker.ts";

/** Deliveries a second of a backlog, beside job queues that post by hand, and the way of one event under a light load. */
export const webhooks: Bench = {
  description:
    "a backlog of events to 20 endpoints, beside job queues; and from record to the receiver at 200/s",
  targets: [
    { path: "ratio", atLeast: 0.1 },
    { path: "timesGraphileWorker", atLeast: 2 },
    { path: "timesPgBoss", atLeast: 2 },
    { path: "recordedToReceivedP99Ms", lessThan: 250 },
  ],
  run,
};

const DELIVERERS: readonly Deliverer[] = [
  "tidings",
  "graphileWorker",
  "pgBoss",
  "graphileWorkerBatched",
  "pgBossBatched",
];
const EVENTS_PER_SECOND = 200;

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 5,
  say,
}: BenchOptions): Promise<BenchResult> {
  const size = quick ? { deliveries: 400, steadyMs: 1_500 } : { deliveries: 10_000, steadyMs: 15_000 };
  const server = await startServer(choice);
  const receiver = startChild("webhookReceiver.ts");
  const worker = startChild("webhookWorker.ts");
  try {
    const url = await createDatabase(server, "bench_webhooks");
    const pool = openPool(url);
    try {
      const target = `${await receiver.ask<string>("start")}/ok`;
      const tidings = createTidings({
        db: pg(pool),
        events,
        webhooks: { secretKey: SECRET_KEY, allowAddresses: ["127.0.0.1"] },
      });
      await tidings.migrate();
      await createPeerQueues(url, pool);
      for (let number = 0; number < ACCOUNTS; number++) {
        await tidings.webhooks.endpoints.create(
          { url: target, types: ["*"] },
          { account: webhookAccount(number) },
        );
      }

      const raw: number[] = [];
      const perSecond = Object.fromEntries(DELIVERERS.map((name) => [name, [] as number[]])) as Record<
        Deliverer,
        number[]
      >;
      for (let round = 1; round <= rounds; round++) {
        raw.push(await worker.ask<number>("raw", { url: target, body: BODY, requests: size.deliveries }));
        for (const deliverer of rotated(DELIVERERS, round)) {
          // One batch each half second: as many as the others would take minutes.
          const count = deliverer === "pgBoss" ? size.deliveries / 10 : size.deliveries;
          const backlog = { url, pool, tidings, target, count };
          perSecond[deliverer].push(await drain(backlog, { worker, receiver, deliverer }));
        }
        say(
          `round ${round} of ${rounds}: raw ${Math.round(raw.at(-1)!)}/s, ${DELIVERERS.map((name) => `${name} ${Math.round(perSecond[name].at(-1)!)}/s`).join(", ")}`,
        );
      }

      await worker.ask("start", { url, deliverer: "tidings" });
      await steadyLoad(tidings, receiver, size.steadyMs / 3); // as before: a worker that has run a little
      const latencies = await steadyLoad(tidings, receiver, size.steadyMs);
      await worker.ask("stop");
      const ratioTo = (theirs: readonly number[]) => rounded(ratioOfRounds(perSecond.tidings, theirs));
      return {
        figures: {
          rawHttpPerSecond: Math.round(median(raw)),
          deliveriesPerSecond: Math.round(median(perSecond.tidings)),
          ratio: ratioTo(raw),
          peers: {
            graphileWorker: Math.round(median(perSecond.graphileWorker)),
            pgBoss: Math.round(median(perSecond.pgBoss)),
          },
          peersBatched: {
            graphileWorker: Math.round(median(perSecond.graphileWorkerBatched)),
            pgBoss: Math.round(median(perSecond.pgBossBatched)),
          },
          timesGraphileWorker: ratioTo(perSecond.graphileWorker),
          timesPgBoss: ratioTo(perSecond.pgBoss),
          timesGraphileWorkerBatched: ratioTo(perSecond.graphileWorkerBatched),
          timesPgBossBatched: ratioTo(perSecond.pgBossBatched),
          recordedToReceivedP50Ms: rounded(percentile(latencies, 50)),
          recordedToReceivedP99Ms: rounded(percentile(latencies, 99)),
        },
        rounds,
        settings: { ...server.settings, ...size, concurrency: CONCURRENCY, endpoints: ACCOUNTS },
        versions: { postgresql: server.version, ...peerVersions() },
      };
    } finally {
      await pool.end();
    }
  } finally {
    await worker.stop();
    await receiver.stop();
    await server.stop();
  }
}

interface Backlog {
  readonly url: string;
  readonly pool: Pool;
  readonly tidings: Tidings;
  readonly target: string;
  readonly count: number;
}

/** What the app does with so many events: it records them, or makes a job of each for the peers. */
const handOver: Record<Deliverer, (backlog: Backlog) => Promise<void>> = {
  tidings: async ({ tidings, count }) => {
    for (let written = 0; written < count; written += 1_000) {
      await tidings.record(
        ...Array.from({ length: Math.min(1_000, count - written) }, (_, index) =>
          commented(written + index, webhookAccount(written + index)),
        ),
      );
    }
  },
  graphileWorker: forGraphileWorker,
  graphileWorkerBatched: forGraphileWorker,
  pgBoss: forPgBoss,
  pgBossBatched: forPgBoss,
};

function forGraphileWorker({ pool, ...backlog }: Backlog): Promise<void> {
  return enqueueForGraphileWorker(pool, peerDeliveries(backlog));
}

function forPgBoss({ url, pool, ...backlog }: Backlog): Promise<void> {
  return enqueueForPgBoss(url, pool, peerDeliveries(backlog));
}

let nextPeerDelivery = 1;

function peerDeliveries({ target, count }: Pick<Backlog, "target" | "count">): PeerDelivery[] {
  return Array.from({ length: count }, () => ({ id: nextPeerDelivery++, url: target, body: BODY }));
}

/** From the first event to the last result in the database, by a worker that has run a little: deliveries a second. */
async function drain(
  backlog: Backlog,
  { worker, receiver, deliverer }: { worker: Child; receiver: Child; deliverer: Deliverer },
): Promise<number> {
  const { url, pool, count } = backlog;
  const deliver = async (some: number) => {
    await receiver.ask("reset", false);
    await handOver[deliverer]({ ...backlog, count: some });
    await receiver.ask("until", some);
    while ((await pool.query<{ open: boolean }>(OPEN[deliverer])).rows[0]!.open) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await worker.ask("start", { url, deliverer });
  await deliver(Math.min(WARM_UP, count / 2));
  const began = performance.now();
  await deliver(count);
  const perSecond = (count * 1_000) / (performance.now() - began);
  await worker.ask("stop");
  return perSecond;
}

/** Plans and connections stand after so many, for everybody. */
const WARM_UP = 1_000;

const UNFINISHED_JOBS = "select exists (select from peer_deliveries where delivered_at is null) as open";
const OPEN: Record<Deliverer, string> = {
  tidings: "select exists (select from tidings.delivery_queue) as open",
  graphileWorker: UNFINISHED_JOBS,
  graphileWorkerBatched: UNFINISHED_JOBS,
  pgBoss: UNFINISHED_JOBS,
  pgBossBatched: UNFINISHED_JOBS,
};

/** From the call of `record` to the body in the receiver's hands, under a light load. */
async function steadyLoad(tidings: Tidings, receiver: Child, forMs: number): Promise<readonly number[]> {
  await receiver.ask("reset", true);
  const events = Math.floor((forMs * EVENTS_PER_SECOND) / 1_000);
  const began = performance.now();
  const recorded: Promise<unknown>[] = [];
  for (let number = 0; number < events; number++) {
    const due = began + (number * 1_000) / EVENTS_PER_SECOND;
    if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    recorded.push(tidings.record(stamped(number, webhookAccount(number))));
  }
  await Promise.all(recorded);
  await receiver.ask("until", events);
  return (await receiver.ask<Received>("received")).latencies;
}

/** As long as the public form of such an event. */
const BODY = JSON.stringify({ data: dataOf(1), padding: "x".repeat(500) });
