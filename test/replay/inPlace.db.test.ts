import { setTimeout as passes } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tidings } from "../../src/index.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import { clubActions, clubRows, createClub, createClubTables, type Club } from "./support/club.ts";
import { user } from "./support/shopEvents.ts";
import type { Tx } from "./support/shopTables.ts";

const acme = { account: "acme", actor: user("ann", "Ann") };

describeOnDatabases("a replay in place", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  let actions: Club;
  let club: Tidings<Tx>;
  beforeEach(async () => {
    database = await open();
    await createClubTables(database.db);
    actions = clubActions({ mails: [], runs: [] });
    club = createClub(database, actions);
  });
  afterEach(() => database.drop());

  const join = async (name: string, account = "acme") =>
    (await club.perform(actions.createMember, { name, password: "secret" }, { ...acme, account })).event!;
  const rename = (id: string, name: string) => club.perform(actions.renameMember, { id, name }, acme);
  const ofAccount = {
    account: "acme",
    clear: (tx: Tx) => tx.query("delete from members where account = 'acme'"),
  };
  /** Performs an action, and undoes it in the log: what a replay cannot do again. */
  const recordRefused = async () => {
    const { subject } = await join("Ann");
    const allowing = clubActions({ mails: [], runs: [] });
    allowing.renameMember = { ...actions.renameMember, run: () => undefined };
    await createClub(database, allowing).perform(
      allowing.renameMember,
      { id: subject.id, name: "refused" },
      acme,
    );
    await rename(subject.id, "Anna");
    return subject.id;
  };

  test("keeps actions out while it runs, of the accounts that it replays, and lets them in afterwards", async () => {
    await join("Ann");
    const refusals: unknown[] = [];
    let others = 0;
    let running = false;
    await club.replay({
      ...ofAccount,
      onProgress: () => void (running = true),
      clear: async (tx) => {
        expect(running, "it has begun").toBe(true);
        refusals.push(
          await club
            .perform(tx, actions.renameMember, { id: "1", name: "no" }, acme)
            .catch((error: unknown) => error),
        );
        await club.perform(
          tx,
          actions.renameMember,
          { id: "1", name: "other" },
          { ...acme, account: "globex" },
        );
        others++;
        await tx.query("delete from members where account = 'acme'");
      },
    });
    expect(refusals).toMatchObject([{ code: "REPLAY_UNDER_WAY", status: 503 }]);
    expect(others).toBe(1);
    await join("Ben");
  });

  test("of every account keeps actions of each out", async () => {
    await join("Ann");
    await club.replay({
      clear: async (tx) => {
        for (const account of ["acme", "globex"]) {
          await expect(
            club.perform(tx, actions.renameMember, { id: "1", name: "no" }, { ...acme, account }),
          ).rejects.toMatchObject({ code: "REPLAY_UNDER_WAY" });
        }
        await tx.query("delete from members");
      },
    });
  });

  test("waits for actions that had begun before it, and replays them", async (context) => {
    needsSeveralConnections(context);
    await join("Ann");
    const order: string[] = [];
    let replaying: Promise<unknown> | undefined;
    await database.ownTransaction(async (handle) => {
      const { event } = await club.perform(
        handle as Tx,
        actions.createMember,
        { name: "Ben", password: "x" },
        acme,
      );
      expect(event).not.toBeNull();
      let begin = () => {};
      const began = new Promise<void>((resolve) => (begin = resolve));
      replaying = club.replay({
        onProgress: begin,
        clear: async (tx) => {
          order.push("cleared");
          await tx.query("delete from members");
        },
      });
      await began;
      await passes(150); // three looks at who is still at work
      order.push("committed");
    });
    await replaying;
    expect(order).toEqual(["committed", "cleared"]);
    expect(await clubRows(database.db)).toHaveLength(2);
  });

  test("lets go of everything when its first word meets a progress function that throws", async () => {
    const { subject } = await join("Ann");
    const onProgress = () => {
      throw new Error("no terminal");
    };
    await expect(club.replay({ onProgress })).rejects.toThrow("no terminal");
    await rename(subject.id, "Anna");
    await expect(club.replay({})).resolves.toMatchObject({ replayed: 2, resumed: false });
  });

  test("also keeps out a transaction that reads as of a moment before it began", async (context) => {
    needsSeveralConnections(context);
    const id = (await join("Ann")).subject.id;
    const late = database.ownTransaction(async (handle) => {
      const tx = handle as Tx;
      await tx.query("set transaction isolation level repeatable read");
      await tx.query("select 1 from members");
      await club.replay({
        clear: async (own) => void (await own.query("delete from members")),
        until: { position: 0 },
      });
      await club.perform(tx, actions.renameMember, { id, name: "late" }, acme);
    });
    await expect(late).rejects.toMatchObject({ code: "40001" });
  });

  test("that fails says where and why, and keeps actions out of the tables that are half full", async () => {
    const id = await recordRefused();
    const failure = await club.replay({ batch: 1 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "REPLAY_FAILED",
      detail: expect.stringMatching(
        /^Position \d+, member\.rename version 1, event [0-9a-f-]{36}: this name is refused$/,
      ),
      cause: expect.objectContaining({ message: "this name is refused" }),
    });
    await expect(rename(id, "Bea")).rejects.toMatchObject({ code: "REPLAY_UNDER_WAY" });
    const [row] = await database.db.query<{ state: string; failure: string }>(
      "select state, failure->>'code' as failure from tidings.replays",
    );
    expect(row).toEqual({ state: "failed", failure: "REPLAY_FAILED" });
  });

  test("goes on where it failed when the same call comes again, with what was mended", async () => {
    await recordRefused();
    await expect(club.replay({ batch: 1 })).rejects.toMatchObject({ code: "REPLAY_FAILED" });
    let cleared = 0;
    const report = await club.replay({
      batch: 1,
      clear: () => void cleared++,
      routes: [{ from: actions.renameMember, to: { apply: () => undefined } }],
    });
    expect(report).toMatchObject({ resumed: true, replayed: 3 });
    expect(report.counts.map(({ by, events }) => [by, events])).toEqual([
      ["action", 1],
      ["route", 2],
    ]);
    expect(cleared, "cleared once, by the call that began it").toBe(0);
  });

  test("with restart begins anew", async () => {
    await recordRefused();
    await expect(club.replay({ batch: 1 })).rejects.toMatchObject({ code: "REPLAY_FAILED" });
    const report = await club.replay({ restart: true, strict: false });
    expect(report).toMatchObject({ resumed: false, replayed: 2, setAside: { total: 1 } });
    const states = await database.db.query<{ state: string }>(
      "select state from tidings.replays order by started_at",
    );
    expect(states.map(({ state }) => state)).toEqual(["cancelled", "done"]);
  });

  test("another one than the unfinished is refused, and says what there is to do", async () => {
    await recordRefused();
    await expect(club.replay({ batch: 1 })).rejects.toMatchObject({ code: "REPLAY_FAILED" });
    await expect(club.replay({ until: { position: 1 } })).rejects.toMatchObject({
      code: "REPLAY_UNDER_WAY",
      detail: expect.stringContaining("restart: true"),
    });
  });

  test("sets aside what cannot be replayed, undone as a whole, when it need not be strict", async () => {
    await recordRefused();
    const report = await club.replay({ strict: false });
    expect(report.setAside).toMatchObject({
      total: 1,
      first: [{ type: "member.rename", version: 1, account: "acme", code: "REPLAY_FAILED" }],
    });
    expect(report.counts).toContainEqual({
      type: "member.rename",
      version: 1,
      by: "failed",
      detail: "REPLAY_FAILED",
      events: 1,
    });
    expect(await clubRows(database.db), "what came after it was replayed").toEqual([
      expect.stringContaining(" Anna "),
    ]);
  });

  test("unknown types and versions stop it, or are set aside and told of, and never pass in silence", async () => {
    await join("Ann");
    const { createMember, ...others } = actions;
    const newer = { ...createMember, version: 4, upcasters: {} };
    for (const [known, code] of [
      [others, "REPLAY_UNKNOWN_TYPE"],
      [{ ...others, newer }, "REPLAY_UNKNOWN_VERSION"],
    ] as const) {
      const other = createClub(database, known);
      await club.replay({ restart: true });
      const before = await clubRows(database.db);
      await expect(other.replay({ restart: true }), code).rejects.toMatchObject({
        code,
        detail: expect.stringMatching(/^Position \d+, member\.create version 3, event/),
      });
      expect(await clubRows(database.db), "nothing was emptied for it").toEqual(before);
      const report = await other.replay({ restart: true, strict: false });
      expect(report.setAside.first, code).toMatchObject([{ type: "member.create", version: 3, code }]);
    }
  });

  test("gives serial keys again, and puts sequences back where they stood: no number is given twice", async () => {
    const { subject } = await join("Ann");
    const award = (label: string) => club.perform(actions.awardBadge, { id: subject.id, label }, acme);
    const badges = () => database.db.query("select number, label from badges order by number");
    await award("first");
    await award("second");
    // Taken, and gone: by a row that is deleted, or by an action that captured it.
    await database.db.query("select nextval('badges_number_seq')");
    await club.replay({});
    expect(await badges()).toEqual([
      { number: 1, label: "first" },
      { number: 2, label: "second" },
    ]);
    // Given up with the tables empty, and begun anew.
    const stop = new AbortController();
    const onProgress = ({ events }: { events: number }) => events === 1 && stop.abort(new Error("enough"));
    const givenUp = club.replay({ batch: 1, signal: stop.signal, onProgress });
    await expect(givenUp).rejects.toThrow("enough");
    await club.replay({ restart: true });
    await award("fourth");
    expect((await badges()).at(-1)).toEqual({ number: 4, label: "fourth" });
  });

  test("aborted, it stops after the batch, and the same call goes on", async () => {
    for (let number = 0; number < 6; number++) await join(`Member${number}`);
    const before = await clubRows(database.db);
    const stop = new AbortController();
    const aborted = club.replay({
      batch: 2,
      signal: stop.signal,
      onProgress: ({ events }) => events === 2 && stop.abort(new Error("enough")),
    });
    await expect(aborted).rejects.toThrow("enough");
    expect(await clubRows(database.db)).toHaveLength(2);
    const report = await club.replay({ batch: 2 });
    expect(report).toMatchObject({ resumed: true, replayed: 6 });
    expect(await clubRows(database.db)).toEqual(before);
  });

  test("cancelled, it stops at the next batch and lets actions in", async () => {
    for (let number = 0; number < 4; number++) await join(`Member${number}`);
    let cancelling: Promise<unknown> | undefined;
    const cancelled = club.replay({
      batch: 1,
      onProgress: ({ id, events }) => {
        if (events === 1)
          cancelling = database.db.query(
            "update tidings.replays set cancel_requested = true where id = $1::uuid",
            [id],
          );
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: "REPLAY_CANCELLED" });
    await cancelling;
    await join("Late");
  });

  test("two at once: the second is refused, and the first comes to its end", async () => {
    await join("Ann");
    const before = await clubRows(database.db);
    let second: Promise<unknown> | undefined;
    // A lease that a slow disk does not outlive: the second would take over what the first still holds, and both would wait.
    const { replay } = createClub(database, actions, { leaseMs: 6_000 });
    const report = await replay({
      onProgress: () => (second ??= replay({}).catch((error: unknown) => error)),
      clear: async (tx) => {
        // The second waits until it has seen the first renew its lease.
        await tx.query("delete from members");
        if (database.db.concurrent) await second;
      },
    });
    expect(report.resumed).toBe(false);
    if (database.db.concurrent) expect(await second).toMatchObject({ code: "REPLAY_UNDER_WAY" });
    else await second; // of one connection, the second comes after the first
    expect(await clubRows(database.db)).toEqual(before);
  });

  test("of two accounts at once, neither reads, clears or keeps out the other", async () => {
    await join("Ann");
    await join("Gil", "globex");
    const before = await clubRows(database.db);
    const replay = (account: string) =>
      club.replay({
        account,
        clear: (tx) => tx.query("delete from members where account = $1", [account]),
      });
    const reports = await Promise.all([replay("acme"), replay("globex")]);
    expect(reports.map(({ replayed }) => replayed)).toEqual([1, 1]);
    expect(await clubRows(database.db)).toEqual(before);
  });

  test("what fails before anything was cleared keeps nobody out", async () => {
    await join("Ann");
    await expect(
      club.replay({
        clear: () => {
          throw new Error("not now");
        },
      }),
    ).rejects.toThrow("not now");
    await join("Ben");
  });
});
