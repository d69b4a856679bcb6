import { afterEach, expect, test } from "vitest";
import { cardsOfBoards } from "../../test/support/boardProjections.ts";
import { aMove, ann, events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { insertEndpoint } from "../../test/support/webhookRows.ts";
import { createSignals } from "../signals.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { TidingsOptions } from "../tidingsOptions.ts";
import { examineLog } from "./doctor.ts";
import { createSlotLease } from "./slotLease.ts";
import { checkpoint } from "./slotProgress.ts";

const LEASE_MS = 30_000;

describeOnDatabases("a subscription that was given up", (open) => {
  let database: TestDatabase | undefined;
  afterEach(async () => {
    await database?.drop();
    database = undefined;
  });

  const process = (options: Partial<TidingsOptions> = {}): Tidings =>
    createTidings({ db: database!.db, events, account: "acme", ...options });

  /** Two events of three are parked, the process has ended. */
  async function giveUp(): Promise<Tidings> {
    database = await open();
    const former = process();
    former.subscribe("mail", {
      from: "start",
      maxAttempts: 1,
      run: (given) => {
        if (given.some(({ subject }) => subject.id !== "2")) throw new Error("no such address");
      },
    });
    const drafts = [1, 2, 3].map((id) => ({ ...aMove(id), actor: ann }));
    await former.record(...drafts);
    expect(await former.work()).toMatchObject({ caughtUp: true });
    expect(await former.subscriptions.parked("mail")).toMatchObject([{ position: 1 }, { position: 3 }]);
    return former;
  }

  const leaseOf = (owner: string) =>
    createSlotLease({
      db: database!.db,
      signals: createSignals(),
      name: "mail",
      slot: 0,
      owner,
      leaseMs: LEASE_MS,
    });

  test("is removed with its parked events, and begins anew when it is subscribed again", async () => {
    await giveUp();
    const { subscriptions } = process();
    expect(await subscriptions.remove("mail")).toBe(2);
    expect(await subscriptions.list()).toEqual([]);
    expect(await subscriptions.parked("mail")).toEqual([]);
    await expect(subscriptions.remove("mail")).rejects.toMatchObject({
      code: "SUBSCRIPTION_NOT_FOUND",
    });
    const positions: number[] = [];
    const again = process();
    again.subscribe("mail", {
      from: "start",
      slots: 2, // also with another number of slots
      run: (given) => void positions.push(...given.map(({ position }) => position)),
    });
    await again.work();
    expect(positions).toEqual([1, 2, 3]);
  });

  test("stays while this process has it subscribed, or another one holds a slot", async () => {
    const former = await giveUp();
    await expect(former.subscriptions.remove("mail")).rejects.toMatchObject({
      code: "SUBSCRIPTION_IN_USE",
      detail: expect.stringContaining("This process"),
    });
    const lease = leaseOf("host:17:ab");
    await lease.take();
    const { subscriptions } = process();
    await expect(subscriptions.remove("mail")).rejects.toMatchObject({
      code: "SUBSCRIPTION_IN_USE",
      detail: 'Slot 0 of "mail" is held by host:17:ab',
    });
    expect(await subscriptions.parked("mail")).toHaveLength(2);
    await lease.release({ position: 3, id: null });
    expect(await subscriptions.remove("mail")).toBe(2);
  });

  test("does not let a process commit that froze before it was removed and subscribed again", async () => {
    await giveUp();
    const frozen = leaseOf("frozen");
    await frozen.take();
    const lost = frozen.held()!;
    await database!.db.query("update tidings.subscriptions set lease_until = '-infinity'");
    await process().subscriptions.remove("mail");
    const again = process();
    again.subscribe("mail", { from: "start", run: () => undefined });
    await again.subscriptions.begin("mail");
    for (const owner of ["one", "two", "three"]) {
      await leaseOf(owner).take();
      expect(await checkpoint(database!.db, lost, { position: 3, id: null }, LEASE_MS)).toBe(false);
      await database!.db.query("update tidings.subscriptions set lease_until = '-infinity'");
    }
    frozen.forget();
  });

  test("is named by doctor together with the call that removes it", async () => {
    await giveUp();
    await process().record({ ...aMove(4), actor: ann });
    await database!.db.query("select outcome from tidings.tick(true)");
    // Nobody has run it since long before the event.
    await database!.db.query(
      "update tidings.event_order set event_id = tidings.uuid7_floor(now() - interval '1 hour') where pos = 4",
    );
    const findings = await examineLog(database!.db);
    expect(findings.find(({ check }) => check === "subscription mail")).toMatchObject({
      status: "bad",
      summary: expect.stringContaining("No process runs it"),
      fix: expect.stringMatching(/; or, if it was given up: await tidings\.subscriptions\.remove\("mail"\)$/),
    });
  });

  test("stays where a projection or a webhook endpoint needs it", async () => {
    database = await open();
    const secretKey = Buffer.alloc(32, 7).toString("base64");
    const running = process({
      projections: [cardsOfBoards],
      webhooks: { secretKey },
    });
    await running.start();
    await running.stop();
    await insertEndpoint(database.db, { account: "acme" });
    const { subscriptions } = process();
    const refused = (detail: string) => ({
      code: "SUBSCRIPTION_IN_USE",
      detail: expect.stringContaining(detail) as string,
    });
    await expect(subscriptions.remove("projection:cards:1")).rejects.toMatchObject(
      refused("npx tidings projections remove cards"),
    );
    await expect(subscriptions.remove("webhooks")).rejects.toMatchObject(refused("endpoints"));
    const names = (await subscriptions.list()).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(["projection:cards:1", "webhooks"]));
    await database.db.query("update tidings.endpoints set status = 'deleted'");
    expect(await subscriptions.remove("webhooks")).toBe(0);
  });

  test("has parked events that can be discarded, by position or all at once", async () => {
    await giveUp();
    const { subscriptions } = process();
    expect(await subscriptions.discard("mail", [])).toBe(0);
    expect(await subscriptions.discard("mail", [1, 2])).toBe(1);
    expect(await subscriptions.discard("search")).toBe(0);
    expect(await subscriptions.parked("mail")).toMatchObject([{ position: 3 }]);
    expect(await subscriptions.discard("mail")).toBe(1);
    expect(await subscriptions.list()).toMatchObject([{ name: "mail", position: 3, parked: 0 }]);
  });

  test("what cannot be meant is refused before any SQL", async () => {
    database = await open();
    const { subscriptions } = process();
    for (const positions of [[1.5], [-1], ["1"], 1, null]) {
      await expect(subscriptions.discard("mail", positions as never)).rejects.toMatchObject({
        code: "INVALID_OPTION",
        path: ["positions"],
      });
    }
    for (const call of [subscriptions.discard, subscriptions.remove]) {
      await expect(call(undefined as never)).rejects.toMatchObject({
        code: "INVALID_OPTION",
        path: ["name"],
      });
    }
  });
});
