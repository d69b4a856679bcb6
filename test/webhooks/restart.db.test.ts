import { mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/db/migrate.ts";
import { pg } from "../../src/db/pg.ts";
import { createDeliver } from "../../src/webhooks/deliver.ts";
import { createSweeper } from "../../src/webhooks/sweeper.ts";
import { createWorker } from "../../src/webhooks/worker.ts";
import { eventually } from "../log/support/eventually.ts";
import { embeddedBinaries, startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { openPool } from "../support/testDatabase.ts";
import { OK, policy, queueOn, sealing } from "./support/queueUnderTest.ts";

let home: string;
let server: RunningPostgres;
let door: Server;
const through = new Set<Socket>();

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "tidings-restart-"));
  server = await startPostgres(await embeddedBinaries(), { keepIn: home });
  // The server has another port after its restart; the app's connection string stays.
  door = createServer((incoming) => {
    const outgoing = connect(Number(new URL(server.url).port), "127.0.0.1");
    for (const socket of [incoming, outgoing]) {
      through.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => (incoming.destroy(), outgoing.destroy(), through.delete(socket)));
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await once(door.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  for (const socket of through) socket.destroy();
  door.close();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

test("case 33: PostgreSQL restarted in the middle of a claim: the same worker goes on, and everything arrives", async () => {
  const url = new URL(server.url);
  url.port = String((door.address() as AddressInfo).port);
  const pool = openPool({ connectionString: url.href });
  const db = pg(pool, { listen: false });
  await migrate(db);
  const queue = queueOn(db);
  // Their leases, of three seconds, outlive the restart.
  const endpoint = await queue.endpoint({ timeoutMs: 1_000 });
  await queue.enqueue(endpoint, 30);

  let hold: Promise<void> | undefined;
  const received: string[] = [];
  const sender = {
    send: async ({ headers }: { headers: Readonly<Record<string, string>> }) => {
      received.push(headers["webhook-id"]!);
      await hold;
      return OK;
    },
  };
  const { signals } = queue;
  const failed = new Set<string>();
  signals.on("loop.failed", ({ loop }) => failed.add(loop));
  const deliver = createDeliver({ sender, sealing, signals, retry: { jitter: 0, maxRetryAfterMs: 0 } });
  const worker = createWorker({
    db,
    signals,
    deliver,
    slots: 8,
    pollMs: 20,
    policy,
    recordNotices: async () => undefined,
  });
  const sweeper = createSweeper(db, signals);

  // Requests under way, and a claim that waits for a lock, when the server goes down.
  let release = () => undefined as void;
  hold = new Promise((resolve) => (release = resolve));
  worker.start();
  sweeper.start();
  await eventually("requests are under way", () => received.length === 4); // half of the slots
  const blocker = await pool.connect();
  blocker.on("error", () => undefined);
  await blocker.query("begin; lock table tidings.endpoint_runs in access exclusive mode");
  await eventually("a claim waits", async () => {
    // On another connection: within a transaction pg_stat_activity does not change.
    const claims = await queue.rows(
      "select 1 as row from pg_stat_activity where wait_event_type = 'Lock' and query like '%claim_deliveries%' and pid <> pg_backend_pid()",
    );
    return claims.length > 0;
  });
  await server.stop();
  release(); // their results meet a database that is away
  hold = undefined;
  await eventually("both loops say so", () => failed.has("webhooks") && failed.has("webhook results"));
  server = await startPostgres(await embeddedBinaries(), { keepIn: home });

  await eventually("everything is delivered", async () => {
    const states = await queue
      .rows<{ n: number }>("select count(*)::int as n from tidings.deliveries where state = 'delivered'")
      .catch(() => []); // the pool still meets broken connections
    return states[0]?.n === 30;
  });
  blocker.release(true);
  await Promise.all([worker.stop(), sweeper.stop()]);
  expect(new Set(received).size).toBe(30);
  expect(await queue.rows("select sum(inflight)::int as held from tidings.endpoint_runs")).toEqual([
    { held: 0 },
  ]);
  await pool.end();
});
