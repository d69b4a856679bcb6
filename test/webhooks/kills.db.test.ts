import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as passes } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publicId } from "../../src/webhooks/publicId.ts";
import { eventually } from "../log/support/eventually.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../support/testDatabase.ts";
import { policy, queueOn, SECRET_KEY, type QueueUnderTest } from "./support/queueUnderTest.ts";
import { bundleDelivering, type DeliveringProcesses } from "./support/spawnDelivering.ts";

const KILLS = 200;
/** Their leases are three times as long. */
const TIMEOUT_MS = 200;
const WORKERS = 3;
/** From the receiver's 200 on: connection, result batch, statement and commit take about 10 ms. */
const KILL_WITHIN_MS = 15;

let database: PostgresTestDatabase;
let queue: QueueUnderTest;
let processes: DeliveringProcesses;
let receiver: Server;
let onAnswered: (id: string) => void = () => undefined;

beforeAll(async () => {
  [database, processes] = await Promise.all([createTestDatabase(), bundleDelivering()]);
  queue = queueOn(database.db);
  receiver = createServer((request, response) => {
    request.resume().on("end", () => {
      response.end();
      onAnswered(String(request.headers["webhook-id"]));
    });
  });
  await once(receiver.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  processes.remove();
  await database.drop();
});

test(
  `case 23: a worker killed ${KILLS} times after a receiver's 200: everything arrives, under the same ids`,
  { timeout: 400_000 },
  async () => {
    const port = (receiver.address() as AddressInfo).port;
    const endpoints: string[] = [];
    for (let n = 0; n < 8; n++) {
      const url = `http://127.0.0.1:${port}/${n}`;
      endpoints.push(
        await queue.endpoint({ url, timeoutMs: TIMEOUT_MS, schedule: Array<number>(400).fill(0) }),
      );
    }
    const expected = new Set<string>();
    const received = new Map<string, number>();
    let kills = 0;
    const feed = async () => {
      for (const endpoint of endpoints) {
        for (const { message } of await queue.enqueue(endpoint, 20))
          expected.add(publicId("message", message));
      }
    };
    await feed();

    const worker = () =>
      processes.spawn({
        url: database.url,
        secretKey: SECRET_KEY,
        slots: 16,
        policy: { ...policy, breakerFailures: 1e6, breakerLeast: 1e6, disableMessages: 1e6 },
      });
    onAnswered = (id) => {
      received.set(id, (received.get(id) ?? 0) + 1);
      answered.emit("one");
    };
    const answered = new EventEmitter();

    /** Starts worker after worker; each is killed at a random moment after a receiver said 200 to one of them. */
    async function killers(): Promise<void> {
      while (kills < KILLS) {
        const child = worker();
        const ended = once(child, "exit");
        await Promise.race([once(answered, "one"), ended]);
        await passes(Math.random() * KILL_WITHIN_MS);
        child.kill("SIGKILL");
        kills++;
        await ended;
      }
    }
    async function upkeep(): Promise<void> {
      while (kills < KILLS) {
        await queue.sweep();
        const [left] = await queue.rows<{ n: number }>(
          "select count(*)::int as n from tidings.delivery_queue",
        );
        if (left!.n < 80) await feed();
        await passes(50);
      }
    }
    await Promise.all([...Array.from({ length: WORKERS }, killers), upkeep()]);

    const last = worker();
    await eventually("the last worker delivers what is left", async () => {
      await queue.sweep();
      const [left] = await queue.rows<{ n: number }>("select count(*)::int as n from tidings.delivery_queue");
      return left!.n === 0;
    });
    const lastEnded = once(last, "exit");
    last.kill("SIGKILL");
    await lastEnded;

    expect(new Set(received.keys())).toEqual(expected);
    expect(await queue.rows("select distinct state from tidings.deliveries")).toEqual([
      { state: "delivered" },
    ]);
    await queue.sweep();
    expect(await queue.rows("select sum(inflight)::int as held from tidings.endpoint_runs")).toEqual([
      { held: 0 },
    ]);
    // That it struck where it shall: the receiver had it, the database did not know.
    const twice = [...received.values()].filter((times) => times > 1).length;
    expect(twice).toBeGreaterThan(KILLS / 10);
  },
);
