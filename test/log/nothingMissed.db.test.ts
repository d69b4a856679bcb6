import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pg } from "../../src/db/pg.ts";
import type { PositionedEvent } from "../../src/events/recordedEvent.ts";
import { item, itemChanged } from "./support/itemEvents.ts";
import { eventually } from "./support/eventually.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

const ACCOUNTS = ["acme", "globex", "initech"];

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

describe.each([
  { wakes: "with NOTIFY", listen: true },
  { wakes: "with polling alone", listen: false },
])(
  "while 16 writers commit, roll back, sit idle and die, and the ticking process is killed, $wakes,",
  ({ listen }) => {
    test("subscriptions and live streams miss nothing and get nothing twice", async () => {
      const subscriptions = [{ name: "one" }, { name: "four", slots: 4, batch: 7 }];
      const workerSettings = { leaseMs: 1_000, listen, subscriptions };
      const writerSettings = { writers: 8, transactions: 40, notify: listen, accounts: ACCOUNTS };
      const [writer, doomedWriter, worker, doomedWorker] = await Promise.all([
        log.writer(writerSettings),
        log.writer(writerSettings),
        log.worker(workerSettings),
        log.worker(workerSettings),
      ]);
      const tidings = log.open({ db: pg(log.database.pool, { listen }), notify: listen });
      await tidings.start({ worker: false });
      const streams = ACCOUNTS.map((account) => follow(tidings.live({ account, after: 0 })));

      writer.tell("go");
      doomedWriter.tell("go");
      await doomedWorker.says("ticked");
      await doomedWriter.says("halfway");
      doomedWriter.kill("SIGKILL");
      // Whoever of the two ticks now: it is killed, and a new one takes its place.
      const heir = log.worker(workerSettings);
      doomedWorker.kill("SIGKILL");
      await writer.says("halfway");
      worker.kill("SIGKILL");
      await heir;
      await writer.says("written");

      const last = await log.positioned();
      const order = await log.rows<{ pos: number; event: string; account: string }>(
        "select pos::int, event_id::text as event, account_id as account from tidings.event_order order by pos",
      );
      const committed = await log.rows<{ event: string }>(
        "select id::text as event from tidings.events order by seq",
      );
      expect(
        order.map(({ pos }) => pos),
        "positions are dense",
      ).toEqual(Array.from({ length: last }, (_, index) => index + 1));
      expect(new Set(order.map(({ event }) => event))).toEqual(new Set(committed.map(({ event }) => event)));

      for (const { name } of subscriptions) {
        await log.caughtUp(name);
        const handled = await log.handled(name);
        expect(
          handled.map(({ position }) => position),
          `${name}: each once`,
        ).toEqual(order.map(({ pos }) => pos));
        expect(handled.map(({ event }) => event)).toEqual(order.map(({ event }) => event));
      }
      for (const [index, account] of ACCOUNTS.entries()) {
        const ofAccount = order.filter((row) => row.account === account).map(({ pos }) => pos);
        const received = streams[index]!;
        await eventually(`the stream of ${account} is complete`, () => received.length >= ofAccount.length);
        expect(
          received.map(({ position }) => position),
          `live ${account}`,
        ).toEqual(ofAccount);
      }
    });
  },
);

function follow(stream: AsyncGenerator<PositionedEvent>): PositionedEvent[] {
  const received: PositionedEvent[] = [];
  void (async () => {
    for await (const event of stream) received.push(event);
  })();
  return received;
}

describe("a transaction that is left open after it recorded", () => {
  test("delays its own events and no others; rolled back it leaves nothing", async () => {
    const tidings = log.open();
    const seen: number[] = [];
    const arrivals = new Set<() => void>();
    tidings.subscribe("copy", {
      run: (events) => {
        seen.push(...events.map(({ data }) => data.n));
        for (const look of arrivals) look();
      },
      types: [itemChanged],
    });
    const arrived = (n: number) =>
      new Promise<void>((resolve) => {
        arrivals.add(() => seen.includes(n) && resolve());
        if (seen.includes(n)) resolve();
      });
    await tidings.start();
    const open = async (n: number) => {
      const client = await log.database.pool.connect();
      await client.query("begin");
      const actor = { type: "user", id: "ann", label: null };
      await tidings.record(client, itemChanged({ actor, subject: item(1), data: { n } }));
      return client;
    };
    const late = await open(1);
    const undone = await open(2);
    await log.record(3);
    await arrived(3);
    expect(seen).toEqual([3]);
    await undone.query("rollback");
    await late.query("commit");
    await arrived(1);
    await log.record(4);
    await arrived(4);
    expect(seen).toEqual([3, 1, 4]);
    for (const client of [late, undone]) client.release();
    expect(await tidings.events.count()).toBe(3);
  });
});
