import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { item, itemChanged, itemRemoved } from "./support/itemEvents.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

describe("what a handler records", () => {
  test("belongs to the event's account, names the subscription as actor and the event as cause", async () => {
    const tidings = log.open({ account: undefined });
    const caused = new Promise<unknown>((resolve) => {
      tidings.subscribe("cleanup", {
        types: [itemChanged],
        run: async ([event], { tx }) => {
          const [recorded] = await tidings.record(tx, itemRemoved({ subject: item(event!.subject.id) }));
          resolve({ context: tidings.context(), recorded });
        },
      });
    });
    await tidings.start();
    await log.record(1, { account: "globex", subject: "7" });
    const [changed] = await log.rows<{ id: string }>(
      "select id::text from tidings.events where type = 'item.changed'",
    );
    expect(await caused).toMatchObject({
      context: { account: "globex", causedBy: { id: changed!.id } },
      recorded: {
        account: "globex",
        subject: { type: "item", id: "7" },
        actor: { type: "job", id: "cleanup" },
        causedBy: { lane: "domain", id: changed!.id },
        causeDepth: 1,
      },
    });
  });

  test("is written with the checkpoint or not at all", async () => {
    const tidings = log.open();
    tidings.subscribe("cleanup", {
      from: "start",
      types: [itemChanged],
      maxAttempts: 1,
      run: async (_, { tx }) => {
        await tidings.record(tx, itemRemoved({ subject: item(1) }));
        throw new Error("after recording");
      },
    });
    await log.record(1);
    await tidings.work();
    expect(await tidings.events.count({ types: [itemRemoved] })).toBe(0);
    expect(await tidings.subscriptions.parked("cleanup")).toHaveLength(1);
  });

  test("in a batch has the cause that `because` names, and none without it", async () => {
    const tidings = log.open();
    tidings.subscribe("cleanup", {
      from: "start",
      types: [itemChanged],
      run: async (events, { tx, because }) => {
        await tidings.record(tx, itemRemoved({ subject: item("batch") }));
        for (const event of events)
          await because(event, () => tidings.record(tx, itemRemoved({ subject: item(event.data.n) })));
      },
    });
    for (const n of [1, 2]) await log.record(n);
    await tidings.work();
    const causes = await log.rows<{ subject: string; n: number | null }>(
      `select removed.subject_id as subject, (cause.data->>'n')::int as n
         from tidings.events removed left join tidings.events cause on cause.id = removed.caused_by_id
        where removed.type = 'item.removed' order by removed.id`,
    );
    expect(causes).toEqual([
      { subject: "batch", n: null },
      { subject: "1", n: 1 },
      { subject: "2", n: 2 },
    ]);
  });

  test("cannot trigger itself for ever: the 33rd link of a chain is refused, and its event parked", async () => {
    const tidings = log.open();
    const parked = new Promise<{ position: number }>((resolve) =>
      tidings.signals.on("subscription.parked", resolve),
    );
    tidings.subscribe("echo", {
      types: [itemChanged],
      batch: 1,
      maxAttempts: 1,
      run: async ([event], { tx }) => {
        await tidings.record(tx, itemChanged({ subject: item(1), data: { n: event!.data.n + 1 } }));
      },
    });
    await tidings.start();
    await log.record(0);
    expect(await parked).toMatchObject({ position: 33 });
    const [event] = await tidings.subscriptions.parked("echo");
    expect(event!.error).toContain("More than 32 events caused one another");
    expect(await tidings.events.count()).toBe(33);
  });

  test("is given to the handler account by account, in order", async () => {
    const calls: [string, number[]][] = [];
    const tidings = log.open();
    tidings.subscribe("calls", {
      from: "start",
      run: (events) => void calls.push([events[0]!.account, events.map(({ position }) => position)]),
    });
    for (const [n, account] of ["acme", "globex", "acme", "globex", "acme"].entries())
      await log.record(n, { account });
    await tidings.work();
    expect(calls).toEqual([
      ["acme", [1, 3, 5]],
      ["globex", [2, 4]],
    ]);
  });
});
