import { afterEach, beforeEach, expect, test } from "vitest";
import type { Route, Tidings } from "../../src/index.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import {
  clubActions,
  clubRows,
  createClub,
  createClubTables,
  member,
  memberJoined,
  type Club,
  type Outside,
} from "./support/club.ts";
import { user } from "./support/shopEvents.ts";
import type { Tx } from "./support/shopTables.ts";

const acme = { account: "acme", actor: user("ann", "Ann") };

describeOnDatabases("a replay", (open) => {
  let database: TestDatabase;
  let outside: Outside;
  let actions: Club;
  let club: Tidings<Tx>;
  beforeEach(async () => {
    database = await open();
    await createClubTables(database.db);
    outside = { mails: [], runs: [] };
    actions = clubActions(outside);
    club = createClub(database, actions);
  });
  afterEach(async () => {
    await club.stop();
    await database.drop();
  });

  const join = async (name: string, account = "acme") =>
    (await club.perform(actions.createMember, { name, password: "secret" }, { ...acme, account })).event!;
  const rename = async (id: string, name: string) =>
    (await club.perform(actions.renameMember, { id, name }, acme)).event!;
  const names = async () => (await clubRows(database.db)).map((row) => row.split(" ")[2]);
  const eventCount = async () => {
    const [row] = await database.db.query<{ count: number }>(
      "select count(*)::int as count from tidings.events",
    );
    return row!.count;
  };
  /** All that there was to do after actions is done. */
  const settle = async () => {
    await club.start();
    await expect
      .poll(
        () =>
          names()
            .then(() => clubRows(database.db))
            .then((rows) => rows.every((row) => / mailed /.test(row))),
        { timeout: 20_000 },
      )
      .toBe(true);
    await club.stop();
  };

  test("clears the tables and rebuilds them from all events, with the same ids, hashes and times", async () => {
    const ann = await join("Ann");
    await join("Ben");
    await rename(ann.subject.id, "Anna");
    const before = await clubRows(database.db);
    await database.db.query(
      "insert into members (account, id, name) values ('acme', 'x', 'nobody performed')",
    );
    const report = await club.replay({});
    expect(await clubRows(database.db)).toEqual(before);
    expect(report).toMatchObject({
      replayed: 3,
      resumed: false,
      dryRun: false,
      clears: ["members", "badges"],
    });
    expect(report.counts).toEqual([
      { type: "member.create", version: 3, by: "action", detail: null, events: 2 },
      { type: "member.rename", version: 1, by: "action", detail: null, events: 1 },
    ]);
  });

  test("can be done again and again, and writes nothing into the log", async () => {
    await join("Ann");
    const before = await clubRows(database.db);
    const events = await eventCount();
    for (let time = 0; time < 2; time++) await club.replay({});
    expect(await clubRows(database.db)).toEqual(before);
    expect(await eventCount(), "record writes nothing in a replay").toBe(events);
  });

  test("up to an event: it is the last that is replayed", async () => {
    const ann = await join("Ann");
    await rename(ann.subject.id, "Anna");
    await club.replay({ until: { eventId: ann.id } });
    expect(await names()).toEqual(["Ann"]);
  });

  test("up to a point in time: what was recorded later is not replayed", async () => {
    const ann = await join("Ann");
    const [row] = await database.db.query<{ ms: number }>(
      "select extract(epoch from clock_timestamp())::float8 * 1000 as ms, pg_sleep(0.003)::text",
    );
    await rename(ann.subject.id, "Anna");
    await club.replay({ until: { time: new Date(Math.ceil(row!.ms)) } });
    expect(await names()).toEqual(["Ann"]);
  });

  test("up to a position", async () => {
    const ann = await join("Ann");
    const { position } = await club.replay({ dryRun: true });
    await rename(ann.subject.id, "Anna");
    await club.replay({ until: { position } });
    expect(await names()).toEqual(["Ann"]);
    await club.replay({ until: { position: position + 100 } });
    expect(await names(), "a position that is still to come is the end").toEqual(["Anna"]);
  });

  test("two ends at once, an event that is not there and other mistakes are refused before anything is cleared", async () => {
    await join("Ann");
    const before = await clubRows(database.db);
    const id = "01890000-0000-7000-8000-000000000000";
    const refused: [Parameters<typeof club.replay>[0], string][] = [
      [{ until: { position: 1, eventId: id } }, "INVALID_OPTION"],
      [{ until: {} as never }, "INVALID_OPTION"],
      [{ until: { eventId: "17" } }, "INVALID_OPTION"],
      [{ until: { eventId: id } }, "EVENT_NOT_FOUND"],
      [{ until: { time: new Date("no") } }, "INVALID_OPTION"],
      [{ batch: 0 }, "INVALID_OPTION"],
      [{ clear: [] }, "INVALID_OPTION"],
      [{ compare: ["members"] }, "INVALID_OPTION"],
      [{ into: "scratch" }, "NO_SCRATCH"],
      [{ subject: "no entity" }, "INVALID_FILTER"],
      [{ from: { position: 1 } }, "INVALID_OPTION"],
    ];
    for (const [options, code] of refused) {
      await expect(club.replay(options), JSON.stringify(options)).rejects.toMatchObject({ code });
    }
    expect(await clubRows(database.db)).toEqual(before);
    await club.perform(actions.renameMember, { id: "x", name: "still allowed" }, acme);
  });

  test("types that no action has and no route leads from are refused by name before anything is cleared", async () => {
    await join("Ann");
    const before = await clubRows(database.db);
    let cleared = 0;
    const clear = () => void cleared++;
    const routes: Route<Tx>[] = [
      { from: "member.poked", ignore: "nobody missed it" },
      { from: memberJoined, ignore: "told by member.create" },
    ];
    const refused: [string, RegExp][] = [
      ["member.craete", /no action is called "member.craete".* The nearest: member.create/],
      ["nope.*", /begins with "nope."/],
      ["member*", /no action is called "member\*"/],
      ["member.joined", /is an event, and no route leads from it/],
    ];
    for (const [type, detail] of refused)
      for (const dryRun of [false, true])
        await expect(
          club.replay({ types: ["member.create", type], clear, dryRun }),
          type,
        ).rejects.toMatchObject({
          code: "INVALID_FILTER",
          path: ["types"],
          detail: expect.stringMatching(detail),
        });
    expect([cleared, await clubRows(database.db)]).toEqual([0, before]);
    const types = ["member.poked", "member.joined", "badge.*", memberJoined];
    expect(await club.replay({ types, routes, clear })).toMatchObject({
      counts: [{ type: "member.joined", by: "ignored" }],
    });
    expect(cleared, "what only a route knows is known").toBe(1);
  });

  test("hooks are skipped: nothing that happens after an action happens again, and its recorded outcome is restored", async () => {
    const { subject } = await join("Ann");
    await settle();
    const types = (await club.events.list({ account: "acme", lanes: ["system"] })).items.map(
      ({ type }) => type,
    );
    expect(types.sort()).toEqual(["mail.send", "mail.update_status", "member.create"]);
    const before = await clubRows(database.db);
    expect(before[0]).toContain(" mailed ");
    await club.replay({});
    await club.start();
    await club.stop();
    expect(await clubRows(database.db)).toEqual(before);
    expect(outside.mails, "one mail, sent the first time").toEqual([subject.id]);
  });

  test("the app's function clears, and learns what is replayed", async () => {
    const ann = await join("Ann");
    await join("Gil", "globex");
    const asked: unknown[] = [];
    await club.replay({
      account: "acme",
      subject: member(ann.subject.id),
      types: ["member.*"],
      clear: async (tx, replay) => {
        asked.push(replay);
        await tx.query("delete from members where account = $1", [replay.account]);
      },
    });
    expect(asked).toEqual([
      { account: "acme", subject: `member:${ann.subject.id}`, types: ["member.*"], until: null },
    ]);
    expect(await names()).toEqual(["Ann", "Gil"]);
  });

  test("without clear, as where actions are only audited, it fails clearly and nothing is lost", async () => {
    await join("Ann");
    const audited = createClub(database, actions, { clear: undefined });
    await expect(audited.replay({})).rejects.toMatchObject({
      code: "REPLAY_NEEDS_CLEAR",
      message: expect.stringContaining("Pass clear"),
    });
    expect(await names()).toEqual(["Ann"]);
  });

  test("a list of tables would clear every account's rows: with an account or a subject it must be a function", async () => {
    for (const selection of [{ account: "acme" }, { subject: "member:1" }]) {
      await expect(club.replay(selection)).rejects.toMatchObject({ code: "CLEAR_NEEDS_FUNCTION" });
    }
  });

  test("of one account reads and clears no other's", async () => {
    await join("Ann");
    await join("Gil", "globex");
    await database.db.query("update members set name = 'changed by hand'");
    const report = await club.replay({
      account: "acme",
      clear: (tx, { account }) => tx.query("delete from members where account = $1", [account]),
    });
    expect(report.replayed).toBe(1);
    expect(await clubRows(database.db, "acme")).toEqual([expect.stringContaining(" Ann ")]);
    expect(await clubRows(database.db, "globex")).toEqual([expect.stringContaining("changed by hand")]);
  });

  test("of one entity, or of some types, replays no other; an action inside one that is not replayed runs by itself", async () => {
    const ann = (await join("Ann")).subject.id;
    const ben = (await join("Ben")).subject.id;
    await club.perform(actions.awardAll, { ids: [ann, ben], label: "gold" }, acme);
    const clear = async (tx: Tx) => {
      for (const table of ["members", "badges"]) await tx.query(`delete from ${table}`);
    };
    expect((await club.replay({ subject: member(ann), clear })).counts).toEqual([
      { type: "member.create", version: 3, by: "action", detail: null, events: 1 },
      { type: "badge.award", version: 1, by: "action", detail: null, events: 1 },
    ]);
    expect(await clubRows(database.db)).toEqual([
      expect.stringContaining(`${ann} gold`),
      expect.stringContaining(` Ann `),
    ]);
    expect((await club.replay({ types: [actions.awardAll, "badge.award"], clear })).counts).toEqual([
      { type: "badge.award_all", version: 1, by: "action", detail: null, events: 1 },
      { type: "badge.award", version: 1, by: "action", detail: null, events: 2 },
    ]);
    expect((await clubRows(database.db)).filter((row) => row.startsWith("badge"))).toHaveLength(2);
  });

  test("actions that call actions replay each exactly once, also when it ends between them", async () => {
    const ann = (await join("Ann")).subject.id;
    await club.perform(actions.awardAll, { ids: [ann, ann], label: "gold" }, acme);
    const before = await clubRows(database.db);
    const { position, replayed } = await club.replay({});
    expect(replayed).toBe(4);
    expect(await clubRows(database.db)).toEqual(before);
    // The last event is that of the outer action.
    await club.replay({ until: { position: position - 1 } });
    expect((await clubRows(database.db)).filter((row) => row.startsWith("badge"))).toHaveLength(2);
    await club.replay({ until: { position: position - 2 } });
    expect((await clubRows(database.db)).filter((row) => row.startsWith("badge"))).toHaveLength(1);
  });

  test("a dry run says what would be replayed and cleared, and what cannot be, and touches nothing", async () => {
    const ann = (await join("Ann")).subject.id;
    await rename(ann, "Anna");
    const { renameMember: _, ...fewer } = actions;
    const forgetful = createClub(database, fewer);
    const before = await clubRows(database.db);
    const report = await forgetful.replay({ dryRun: true });
    expect(report).toMatchObject({
      id: null,
      dryRun: true,
      replayed: 1,
      clears: ["members", "badges"],
      setAside: { total: 1, first: [{ type: "member.rename", version: 1, code: "REPLAY_UNKNOWN_TYPE" }] },
    });
    expect(report.counts.map(({ type, by, events }) => [type, by, events])).toEqual([
      ["member.create", "action", 1],
      ["member.rename", "unknown", 1],
    ]);
    expect(await clubRows(database.db)).toEqual(before);
    expect(await database.db.query("select id from tidings.replays")).toEqual([]);
    expect(outside.runs).toEqual(["create Ann", "rename Anna"]);
  });

  test("tells how far it is: at the beginning, and after each batch", async () => {
    for (let number = 0; number < 5; number++) await join(`Member${number}`);
    const told: object[] = [];
    const report = await club.replay({ batch: 2, onProgress: (progress) => told.push(progress) });
    expect(told[0]).toMatchObject({ id: report.id, phase: "waiting", events: 0, position: 0 });
    const replaying = told.filter((each) => "phase" in each && each.phase === "replaying");
    expect(replaying.map((each) => "events" in each && each.events)).toEqual([0, 2, 4, 5]);
    expect(replaying.at(-1)).toMatchObject({
      position: report.position,
      lastPosition: report.position,
      millisecondsLeft: 0,
    });
  });

  test("an apply that tries to record, perform or track is told that replays have no effects, and nothing is kept of it", async () => {
    await club.record(memberJoined({ ...acme, subject: member("1") }));
    const events = await eventCount();
    const attempts: ((tx: Tx) => unknown)[] = [
      () => club.record(memberJoined({ ...acme, subject: member("2") })),
      (tx) => club.record(tx, memberJoined({ ...acme, subject: member("2") })),
      (tx) => club.recordEach([memberJoined({ ...acme, subject: member("2") })], { tx }),
      (tx) => club.perform(tx, actions.renameMember, { id: "1", name: "no" }, acme),
      () => club.track(memberJoined({ ...acme, subject: member("2") })),
    ];
    for (const attempt of attempts) {
      const routes = [
        {
          from: "member.joined",
          to: { apply: async (_: object, { tx }: { tx: Tx }) => void (await attempt(tx)) },
        },
      ];
      await expect(
        club.replay({ routes, strict: false, restart: true }),
        String(attempt),
      ).rejects.toMatchObject({
        code: "REPLAY_HAS_NO_EFFECTS",
      });
    }
    expect(await eventCount()).toBe(events);
  });

  test("is refused inside an action: it would wait for the action to end", async () => {
    const inside: Club["renameMember"] = {
      ...actions.renameMember,
      run: async () => void (await other.replay({})),
    };
    const other = createClub(database, { ...actions, renameMember: inside });
    await expect(other.perform(inside, { id: "1", name: "no" }, acme)).rejects.toMatchObject({
      code: "NOT_IN_ACTION",
    });
  });

  test("touches nothing where an event in the middle is gone", async () => {
    const ann = await join("Ann");
    const renamed = await rename(ann.subject.id, "Anna");
    await club.replay({ dryRun: true });
    await database.db.query("grant delete on tidings.events to current_user");
    await database.db.query("delete from tidings.events where id = $1::uuid", [renamed.id]);
    for (const options of [{}, { strict: false }, { dryRun: true }])
      await expect(club.replay(options)).rejects.toMatchObject({ code: "REPLAY_PRUNED" });
    expect(await names(), "nothing was cleared").toEqual(["Anna"]);
    await expect(rename(ann.subject.id, "Ann"), "nobody is kept out").resolves.toBeDefined();
  });

  test("of one entity touches nothing where all of its lane is gone, however much of another lane came before", async () => {
    const others = Array.from({ length: 2_001 }, () => memberJoined({ ...acme, subject: member("other") }));
    while (others.length > 0) await club.record(...others.splice(0, 1_000));
    const ann = await join("Ann");
    await rename(ann.subject.id, "Anna");
    await club.replay({ dryRun: true }); // gives them their places in the order
    const rows = await clubRows(database.db);
    await database.db.query("grant delete on tidings.events, tidings.timeline to current_user");
    for (const table of ["events", "timeline"])
      await database.db.query(`delete from tidings.${table} where lane = 'system'`);
    const clear = (tx: Tx) => tx.query("delete from members where account = 'acme'");
    for (const selection of [{}, { subject: ann.subject }])
      await expect(club.replay({ account: "acme", clear, ...selection })).rejects.toMatchObject({
        code: "REPLAY_PRUNED",
      });
    expect(await clubRows(database.db), "nothing was cleared").toEqual(rows);
  });

  test("begins later from a snapshot, where the beginning of the log is gone", async () => {
    const ann = await join("Ann");
    const { position } = await club.replay({ dryRun: true });
    await rename(ann.subject.id, "Anna");
    await club.replay({ dryRun: true });
    await database.db.query("delete from tidings.event_order where pos <= $1::bigint", [String(position)]);
    await expect(club.replay({})).rejects.toMatchObject({ code: "REPLAY_PRUNED" });
    expect(await names(), "nothing was cleared").toEqual(["Anna"]);
    const report = await club.replay({
      from: { position },
      snapshot: async (tx, { position: at }) => {
        expect(at).toBe(position);
        await tx.query("insert into members (account, id, name) values ('acme', $1, 'Restored')", [
          ann.subject.id,
        ]);
      },
    });
    expect(report.replayed).toBe(1);
    expect(await names()).toEqual(["Anna"]);
  });
});
