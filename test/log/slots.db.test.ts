import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "./support/eventually.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

describe("a subscription with several slots", () => {
  test("keeps the order of each subject and handles each event once, over three processes of which one dies", async () => {
    const settings = {
      leaseMs: 500,
      subscriptions: [{ name: "copy", slots: 6, key: "subject" as const, batch: 5 }],
    };
    const [writer, ...workers] = await Promise.all([
      log.writer({ writers: 12, transactions: 25, notify: true, accounts: ["acme", "globex"] }),
      log.worker(settings),
      log.worker(settings),
      log.worker(settings),
    ]);
    writer.tell("go");
    // Whoever holds most of the slots dies.
    const [busiest] = await eventually("a slot has handled something", async () => {
      const owners = await log.rows<{ pid: number }>(
        `select split_part(lease_owner, ':', 2)::int as pid from tidings.subscriptions
          where lease_owner is not null and exists (select from handled) group by pid order by count(*) desc`,
      );
      return owners.length > 0 && owners;
    });
    workers.find(({ pid }) => pid === busiest!.pid)!.kill("SIGKILL");
    await writer.says("written");
    const last = await log.positioned();
    await log.caughtUp("copy");

    const handled = await log.rows<{ position: number; key: string; pid: number }>(
      `select position::int, account || '/' || subject as key, pid from handled order by serial`,
    );
    expect(handled.map(({ position }) => position).sort((a, b) => a - b)).toEqual(
      Array.from({ length: last }, (_, index) => index + 1),
    );
    const latest = new Map<string, number>();
    const outOfOrder = handled.filter(({ key, position }) => {
      const before = latest.get(key) ?? 0;
      latest.set(key, position);
      return position < before;
    });
    expect(outOfOrder).toEqual([]);
    expect(latest.size, "accounts × writers").toBe(24);
    expect(new Set(handled.map(({ pid }) => pid)).size, "processes that took part").toBeGreaterThan(1);
  });

  test("another number of slots is refused, also when two processes begin at the same moment", async () => {
    const subscribe = (slots: number) => {
      const tidings = log.open();
      tidings.subscribe("copy", { slots, run: () => undefined });
      return tidings.start();
    };
    const outcomes = await Promise.allSettled([subscribe(2), subscribe(3), subscribe(4)]);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as unknown] : [],
    );
    expect(refused).toMatchObject([{ code: "SLOTS_CHANGED" }, { code: "SLOTS_CHANGED" }]);
    const rows = await log.rows<{ slots: number; rows: number }>(
      "select slots, count(*)::int as rows from tidings.subscriptions group by slots",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.rows).toBe(rows[0]!.slots);
  });

  test("a start that was refused leaves nothing running and can be made again", async () => {
    const first = log.open();
    first.subscribe("copy", { slots: 2, run: () => undefined });
    await first.start();
    const second = log.open();
    second.subscribe("copy", { slots: 3, run: () => undefined });
    await expect(second.start()).rejects.toMatchObject({ code: "SLOTS_CHANGED" });
    await expect(second.start()).rejects.toMatchObject({ code: "SLOTS_CHANGED" });
  });
});

describe("where a subscription begins", () => {
  const positionsOf = async (from: "start" | "now" | { position: number }) => {
    const tidings = log.open();
    const seen: number[] = [];
    const handled = new Promise<void>((resolve) => {
      tidings.subscribe("copy", {
        from,
        run: (events) => {
          seen.push(...events.map(({ position }) => position));
          if (seen.at(-1) === 4) resolve();
        },
      });
    });
    await tidings.start();
    await log.record(4);
    await handled;
    return seen;
  };
  beforeEach(async () => {
    for (const n of [1, 2, 3]) await log.record(n);
    const ticking = log.open();
    await ticking.work();
  });

  test.each([
    ["all of history", "start", [1, 2, 3, 4]],
    ["what comes", "now", [4]],
    ["after a position", { position: 2 }, [3, 4]],
  ] as const)("%s", async (_, from, expected) => {
    expect(await positionsOf(from)).toEqual(expected);
  });

  test("not beyond the end of the log: it would wait in silence", async () => {
    const tidings = log.open();
    tidings.subscribe("copy", { from: { position: 1_000 }, run: () => undefined });
    await expect(tidings.start()).rejects.toMatchObject({ code: "INVALID_CURSOR" });
  });

  test("where it was, once it exists", async () => {
    await positionsOf({ position: 2 });
    const again = log.open();
    const seen: number[] = [];
    again.subscribe("copy", {
      from: "start",
      run: (events) => void seen.push(...events.map(({ position }) => position)),
    });
    await again.work();
    expect(seen).toEqual([]);
  });
});
