import { createHmac } from "node:crypto";
import type { Pool } from "pg";
import { Agent, request } from "undici";
import { pg } from "../src/db/pg.ts";
import { createTidings } from "../src/index.ts";
import * as events from "./boardEvents.ts";
import { answer } from "./childProcess.ts";
import { openPool } from "./server.ts";
import { CONCURRENCY, SECRET_KEY } from "./webhookSettings.ts";
import { startGraphileWorker, startPgBoss, type PostJob } from "./webhookPeers.ts";

// The process that delivers: Tidings' worker, a peer's, or none, which is the limit of HTTP itself.

export type Deliverer = "tidings" | "graphileWorker" | "pgBoss" | "graphileWorkerBatched" | "pgBossBatched";

let stopRunning = async () => undefined as void;

async function start({ url, deliverer }: { url: string; deliverer: Deliverer }): Promise<void> {
  const pool = openPool(url);
  const batched = deliverer.endsWith("Batched");
  const startPeer = deliverer.startsWith("pgBoss") ? startPgBoss : startGraphileWorker;
  const stopDelivering =
    deliverer === "tidings"
      ? await startTidings(pool)
      : await startPeer({ url, pool, batched }, poster(pool));
  stopRunning = async () => {
    await stopDelivering();
    await pool.end();
  };
}

async function startTidings(pool: Pool): Promise<() => Promise<void>> {
  const tidings = createTidings({
    db: pg(pool),
    events,
    webhooks: { secretKey: SECRET_KEY, allowAddresses: ["127.0.0.1"], slots: CONCURRENCY },
  });
  tidings.signals.on("loop.failed", ({ loop, error }) => console.error(loop, error));
  await tidings.start();
  return tidings.stop;
}

/** What an app writes by hand: sign, post, write the result down. */
function poster(pool: Pool): PostJob {
  const agent = new Agent({ connections: CONCURRENCY, pipelining: 1 });
  return async ({ id, url, body }) => {
    const began = performance.now();
    const timestamp = Math.floor(Date.now() / 1_000);
    const signature = createHmac("sha256", SECRET_KEY).update(`${id}.${timestamp}.${body}`).digest("base64");
    const { statusCode, body: answered } = await request(url, {
      method: "POST",
      dispatcher: agent,
      body,
      headers: {
        "content-type": "application/json",
        "webhook-id": String(id),
        "webhook-timestamp": String(timestamp),
        "webhook-signature": `v1,${signature}`,
      },
    });
    await answered.dump();
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    await pool.query(
      "update peer_deliveries set status = $2, duration_ms = $3, attempts = attempts + 1, delivered_at = now() where id = $1",
      [id, statusCode, Math.round(performance.now() - began)],
    );
  };
}

/** Bare undici: so many requests, so many at once. Requests a second. */
async function raw({
  url,
  body,
  requests,
}: {
  url: string;
  body: string;
  requests: number;
}): Promise<number> {
  const agent = new Agent({ connections: CONCURRENCY, pipelining: 1 });
  const began = performance.now();
  let left = requests;
  const one = async () => {
    while (left-- > 0) {
      const { body: answered } = await request(url, {
        method: "POST",
        dispatcher: agent,
        body,
        headers: { "content-type": "application/json" },
      });
      await answered.dump();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, one));
  const perSecond = (requests * 1_000) / (performance.now() - began);
  await agent.close();
  return perSecond;
}

async function stop(): Promise<void> {
  await stopRunning();
  stopRunning = async () => undefined;
}

const memoryMb = () => Math.round(process.memoryUsage().rss / 2 ** 20);

answer({ start, stop, raw, memoryMb }, stop);
