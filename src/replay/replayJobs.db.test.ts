import { afterEach, beforeEach, expect, test } from "vitest";
import { clubActions, createClub, createClubTables } from "../../test/replay/support/club.ts";
import type { Tx } from "../../test/replay/support/shopTables.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { Tidings } from "../tidings.ts";
import type { ReplayDefaults } from "./replayOptions.ts";
import { emptyTally } from "./replayTally.ts";

const ann = { type: "user", id: "ann", label: "Ann" };
const account = "acme";

describeOnDatabases("replays as jobs", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  let tidings: Tidings<Tx>;
  /** Lets the comparisons that wait for their scratch database go on. */
  let release: () => void;
  /** Awaited before the comparison takes a page from the scratch database. */
  let beforeScratchReads: (() => Promise<void>) | undefined;
  const paused = (tx: Transaction): Transaction => ({
    ...tx,
    query: async (sql, parameters, options) => {
      if (sql.startsWith("fetch")) await beforeScratchReads?.();
      return tx.query(sql, parameters, options);
    },
  });
  beforeEach(async () => {
    database = await open();
    beforeScratchReads = undefined;
    await createClubTables(database.db);
    const released = new Promise<void>((resolve) => (release = resolve));
    tidings = createClub(database, actions, {
      tables: [{ table: "members", account: "account" }],
      scratch: async () => {
        const { db, drop } = await open(); // a clone, which on PGlite is opened five times faster than an empty one
        await createClubTables(db);
        await released;
        const pausing: Database = { ...db, transaction: (work) => db.transaction((tx) => work(paused(tx))) };
        return { db: pausing as never, drop, [Symbol.asyncDispose]: drop };
      },
    } satisfies ReplayDefaults<Tx>);
    await tidings.perform(actions.renameMember, { id: "1", name: "Ben" }, { actor: ann, account });
  });
  afterEach(async () => {
    release();
    await tidings.stop();
    await database.drop();
  });

  const actions = clubActions({ mails: [], runs: [] });
  const start = (kind: "dry_run" | "compare") => tidings.replays.start({ kind }, { account, startedBy: ann });
  const over = async (id: string) => {
    const state = async () => (await tidings.replays.get(id, { account })).state;
    await expect.poll(state, { timeout: 60_000 }).not.toBe("running");
    return tidings.replays.get(id, { account });
  };

  test("one of an account runs at a time; another account's is not in its way", async () => {
    const { id, state } = await start("compare");
    expect(state).toBe("running");
    await expect(start("dry_run")).rejects.toMatchObject({ code: "REPLAY_RUNNING", detail: id });
    const other = await tidings.replays.start({ kind: "dry_run" }, { account: "b" });
    expect(other.account).toBe("b");
    release();
    expect((await over(id)).state).toBe("done");
    await over((await start("dry_run")).id);
  });

  test("one whose process died before the clock was set back is interrupted, and keeps nobody out", async () => {
    const died = async (kind: "dry_run" | "in_place") => {
      const [row] = await database.db.query<{ id: string }>(
        `insert into tidings.replays (kind, account_id, fingerprint, request, lease_until)
         values ($1, $2, '', '{}', clock_timestamp() + interval '1 hour') returning id::text`,
        [kind, account],
      );
      return tidings.replays.get(row!.id, { account });
    };
    expect(await died("dry_run")).toMatchObject({ state: "interrupted" });
    const inPlace = await died("in_place");
    expect(inPlace).toMatchObject({ state: "interrupted" });
    expect((await over((await start("dry_run")).id)).state).toBe("done");
    expect(await tidings.replays.cancel(inPlace.id, { account })).toMatchObject({ state: "cancelled" });
    const [listed] = (await tidings.replays.list({ account })).filter(({ id }) => id === inPlace.id);
    expect(listed!.state).toBe("cancelled");
  });

  test("one that is cancelled ends at its next step", async () => {
    const { id } = await start("compare");
    await tidings.replays.cancel(id, { account });
    release();
    expect(await over(id)).toMatchObject({ state: "cancelled", tables: null, failure: null });
  });

  test("one that is cancelled while tables are compared ends at the next page", async (context) => {
    needsSeveralConnections(context); // one serves the comparison until it is over
    const rows = "select 'acme', n::text, 'x' from generate_series(1, 2000) n";
    await database.db.query(`insert into members (account, id, name) ${rows}`);
    const { id } = await start("compare");
    beforeScratchReads = async () => void (await tidings.replays.cancel(id, { account }));
    release();
    expect(await over(id)).toMatchObject({ state: "cancelled", tables: null });
  });

  test("it goes on when work() has done its turn: only stop() interrupts it", async () => {
    const { id } = await start("compare");
    await tidings.work({ forMs: 1 });
    release();
    expect(await over(id)).toMatchObject({ state: "done" });
  });

  test("one whose process stops is seen as interrupted, by every other process, and can be run again", async () => {
    const { id } = await start("compare");
    const stopped = tidings.stop();
    release();
    await stopped;
    const another = createClub(database, actions);
    expect(await another.replays.get(id, { account })).toMatchObject({ state: "interrupted", endedAt: null });
    await expect(start("dry_run")).rejects.toMatchObject({ code: "STOPPED" });
    const again = await another.replays.start({ kind: "dry_run" }, { account });
    await expect
      .poll(async () => (await another.replays.get(again.id, { account })).state, { timeout: 60_000 })
      .toBe("done");
    await another.replays.cancel(id, { account });
    expect((await another.replays.get(id, { account })).state).toBe("cancelled");
    await another.stop();
  });

  test("the newest fifty of an account are kept, and what is not finished in place", async () => {
    await database.db.query(
      `insert into tidings.replays (kind, account_id, fingerprint, request, state, started_at, ended_at)
       select case when n = 1 then 'in_place' else 'dry_run' end, $1, '', '{}', case when n = 1 then 'failed' else 'done' end,
              now() - n * interval '1 minute', case when n = 1 then null else now() end
         from generate_series(1, 80) n`,
      [account],
    );
    const { id } = await start("dry_run");
    await over(id);
    const jobs = await tidings.replays.list({ account });
    expect(jobs).toHaveLength(50);
    expect(jobs[0]!.id).toBe(id);
    expect(jobs.some(({ kind, state }) => kind === "in_place" && state === "failed")).toBe(true);
  });

  test("one in place of every account is shown to each, without what is others'", async () => {
    await tidings.perform(
      actions.createMember,
      { name: "Zoe", password: "secret" },
      { actor: ann, account: "b" },
    );
    const clearsNothing = tidings.replay({ clear: () => undefined, types: ["member.*"], batch: 1 });
    await expect(clearsNothing).rejects.toMatchObject({ code: "REPLAY_FAILED" });
    const [kept] = await database.db.query(
      "select request::text, tally::text, failure::text from tidings.replays",
    );
    expect(kept).toMatchObject({
      request: expect.stringContaining("member.*"),
      tally: expect.stringContaining("member.rename"),
      failure: expect.stringMatching(/"eventId": ?"0/),
    });
    const [seen] = await tidings.replays.list({ account });
    expect(seen).toMatchObject({
      kind: "in_place",
      account: null,
      state: "failed",
      startedBy: null,
      types: null,
    });
    expect(seen!.failure).toEqual({
      code: "REPLAY_FAILED",
      message: "The replay of every account stopped. Whoever began it sees why.",
      eventId: null,
    });
    expect(seen!.tally).toEqual(emptyTally);
    expect(await tidings.replays.get(seen!.id, { account })).toEqual(seen);
  });

  test("what cannot be compared without showing another account's rows is refused", async () => {
    const others = createClub(database, actions, {
      tables: ["members"],
      scratch: () => Promise.reject(new Error("unused")),
    });
    const refused = others.replays.start({ kind: "compare" }, { account });
    await expect(refused).rejects.toMatchObject({ code: "INCOMPARABLE_TABLE" });
    const without = createClub(database, actions);
    await expect(without.replays.start({ kind: "compare" }, { account })).rejects.toMatchObject({
      code: "NO_SCRATCH",
    });
    expect(without.replays.setup({ account })).toEqual({ routes: 0, tables: [], clear: false });
    await others.stop();
    await without.stop();
  });
});
