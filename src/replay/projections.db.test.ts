import { afterEach, expect, test } from "vitest";
import { aMove, ann, board, card, cardAdded, cardMoved, events } from "../../test/support/boardEvents.ts";
import { cardsOfBoards, movesOfCards, MOVES } from "../../test/support/boardProjections.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements } from "../../test/support/watchStatements.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { TidingsOptions } from "../tidingsOptions.ts";
import { defineProjection, type Projection } from "./defineProjection.ts";
import { numberAll } from "./snapshotOfSource.ts";
import type { ReplayUntil } from "./until.ts";

/** What retention took, as an archive would give it back. */
const restore: Projection["restore"] = async ({ query, table }, { firstPosition }) => {
  await query(`insert into ${table("card_moves")} values ('acme', $1, 2)`, [`before ${firstPosition}`]);
};

describeOnDatabases("projections", (open, { name: server }) => {
  let database: TestDatabase | undefined;
  let opened: Tidings[] = [];
  afterEach(async () => {
    for (const each of opened) await each.stop();
    await database?.drop();
    database = undefined;
    opened = [];
  });
  const start = async (
    projections: readonly Projection[] = [movesOfCards()],
    options: Partial<TidingsOptions> = {},
  ) => {
    database ??= await open();
    const tidings = createTidings({ db: database.db, events, account: "acme", projections, ...options });
    opened.push(tidings);
    return tidings;
  };
  const move = (tidings: Tidings, id: number, account = "acme") =>
    tidings.record({ ...aMove(id), actor: ann, account });
  const rows = <Row extends object>(sql: string) => database!.db.query<Row>(sql);
  const moves = () =>
    rows<{ card: string; moves: number }>("select card, moves from card_moves order by card");

  test("hold all of history, and what comes, each event once", async () => {
    const tidings = await start();
    for (const id of [1, 2, 1]) await move(tidings, id);
    await tidings.work();
    expect(await moves()).toEqual([
      { card: "1", moves: 2 },
      { card: "2", moves: 1 },
    ]);
    await move(tidings, 2);
    expect(await tidings.work()).toEqual({ caughtUp: true, position: 4 });
    expect(await moves()).toEqual([
      { card: "1", moves: 2 },
      { card: "2", moves: 2 },
    ]);
    expect(await tidings.projections.list()).toMatchObject([
      { name: "moves", version: 1, generation: 1, state: "live", behind: 0, tables: ["card_moves"] },
    ]);
  });

  test("are handled by type, in order, with older versions in their present form", async () => {
    const tidings = await start([cardsOfBoards]);
    await tidings.record(cardAdded({ subject: card(1), refs: { board: board("b") }, actor: ann }));
    await insertRawEvent(database!.db, {
      type: "card.moved",
      version: 1,
      data: { index: 7 },
    });
    await tidings.work();
    expect(await rows("select card, board, place from board_cards")).toEqual([
      { card: "1", board: "b", place: 7 },
    ]);
  });

  test("in bulk get the events of all accounts together, in the order of the log", async () => {
    const calls: string[][] = [];
    const seen = defineProjection("seen", {
      events: [cardMoved],
      tables: { seen: "(position bigint)" },
      run: (batch) => void calls.push(batch.map(({ account, position }) => `${account} ${position}`)),
    });
    const tidings = await start([seen]);
    for (const account of ["b", "a", "b"]) await move(tidings, 1, account);
    await (await start([])).work(); // gives positions
    await tidings.work();
    expect(calls).toEqual([["b 1", "a 2", "b 3"]]);
  });

  test("stop at an event that their handler refuses, with nothing of it written, and go on when it is mended", async () => {
    let mended = false;
    const fragile = defineProjection("fragile", {
      events: [cardMoved],
      tables: { card_moves: MOVES },
      on: {
        "card.moved": async ({ account, subject, position }, { query, table }) => {
          await query(
            `insert into ${table("card_moves")} as present values ($1, $2, 1)
             on conflict (account, card) do update set moves = present.moves + 1`,
            [account, subject.id],
          );
          if (position === 3 && !mended) throw new Error("no place for this one");
        },
      },
    });
    const tidings = await start([fragile]);
    for (const id of [1, 2, 3]) await move(tidings, id);
    await tidings.work({ forMs: 500 });
    await expect(tidings.projections.rebuild("fragile")).rejects.toMatchObject({
      code: "PROJECTION_STOPPED",
      detail: expect.stringContaining("no place for this one"),
    });
    expect(await rows("select count(*)::int as count from card_moves__v1")).toEqual([{ count: 2 }]);
    mended = true;
    await tidings.work(); // a start, as after the deploy of the mended code
    expect(await moves()).toHaveLength(3);
  });

  test("never pass over a version that this process does not know", async () => {
    const tidings = await start();
    await move(tidings, 1);
    await insertRawEvent(database!.db, { type: "card.moved", version: 99 });
    await move(tidings, 2);
    await tidings.work({ forMs: 500 });
    await expect(tidings.projections.rebuild("moves")).rejects.toMatchObject({
      code: "PROJECTION_STOPPED",
      detail: expect.stringMatching(/after position 1: .*card\.moved version 99.*unknown version/),
    });
  });

  test.each(["record", "recordEach", "track"] as const)("have no effects: %s is refused", async (verb) => {
    let refused: unknown;
    const effects = defineProjection("effects", {
      events: [cardMoved],
      tables: { effects: "(id int)" },
      run: async () => {
        try {
          if (verb === "record") await tidings.record(aMove());
          else if (verb === "recordEach") await tidings.recordEach([aMove()]);
          else tidings.track(aMove());
        } catch (error) {
          refused = error;
        }
      },
    });
    const tidings = await start([effects]);
    await move(tidings, 1);
    await tidings.work();
    expect(refused).toMatchObject({
      code: "REPLAY_HAS_NO_EFFECTS",
      detail: expect.stringContaining('projection "effects"'),
    });
  });

  test("are rebuilt beside what is live, which is then shown and the old tables dropped", async () => {
    const tidings = await start();
    for (const id of [1, 2, 1]) await move(tidings, id);
    await tidings.work();
    await rows("update card_moves__v1 set moves = 1000");
    const positions: number[] = [];
    const swapped: unknown[] = [];
    tidings.signals.on("projection.swapped", (signal) => swapped.push(signal));
    const rebuilt = await tidings.projections.rebuild("moves", {
      onProgress: ({ position }) => positions.push(position),
    });
    expect(rebuilt).toMatchObject({ version: 1, generation: 2, state: "live", position: 3 });
    expect(positions.at(-1)).toBe(3);
    expect(swapped).toEqual([{ name: "moves", version: 1, generation: 2 }]);
    expect(await moves()).toEqual([
      { card: "1", moves: 2 },
      { card: "2", moves: 1 },
    ]);
    await tidings.work();
    expect(await rows("select to_regclass('card_moves__v1') is null as gone")).toEqual([{ gone: true }]);
    expect(await tidings.subscriptions.list()).toMatchObject([{ name: "projection:moves:1.2" }]);
  });

  test("are rebuilt once however many ask at once", async () => {
    const tidings = await start();
    await move(tidings, 1);
    await tidings.work();
    const rebuilt = await Promise.all([1, 2, 3].map(() => tidings.projections.rebuild("moves")));
    expect(rebuilt.map(({ generation }) => generation)).toEqual([2, 2, 2]);
    expect(await moves()).toEqual([{ card: "1", moves: 1 }]);
  });

  test("of a new version may have other tables and columns; an older one does not come back", async () => {
    const old = await start();
    for (const id of [1, 2]) await move(old, id);
    await old.work();
    const named = defineProjection("moves", {
      version: 2,
      events: [cardMoved],
      tables: { card_moves: "(title text, card text primary key)", moved_cards: "(card text)" },
      on: {
        "card.moved": async ({ subject }, { query, table }) => {
          await query(`insert into ${table("card_moves")} values ($1, $2)`, [subject.label, subject.id]);
          await query(`insert into ${table("moved_cards")} values ($1)`, [subject.id]);
        },
      },
    });
    const next = await start([named]);
    await next.work();
    const expected = [
      { title: "Card 1", card: "1" },
      { title: "Card 2", card: "2" },
    ];
    expect(await rows("select * from card_moves order by card")).toEqual(expected);
    expect(await rows("select count(*)::int as count from moved_cards")).toEqual([{ count: 2 }]);
    expect(await old.work()).toMatchObject({ caughtUp: true });
    await expect(old.projections.rebuild("moves")).rejects.toMatchObject({ code: "PROJECTION_SUPERSEDED" });
    expect(await rows("select * from card_moves order by card")).toEqual(expected);
    expect(await rows("select version from tidings.projections")).toEqual([{ version: 2 }]);
  });

  test("do not take a name that is the app's", async () => {
    const tidings = await start();
    await rows("create table card_moves (id int)");
    await expect(tidings.work()).rejects.toMatchObject({ code: "PROJECTION_NAME_TAKEN" });
    expect(await tidings.projections.list()).toEqual([]);
  });

  test("say so where their role may not create tables", async (context) => {
    if (server === "pglite") context.skip("The one role of PGlite may do everything");
    const forbidden = {
      ...movesOfCards(),
      tables: [{ name: "pg_catalog.moves", columns: MOVES, indexes: [] }],
    };
    await expect((await start([forbidden])).work()).rejects.toMatchObject({ code: "PROJECTION_REFUSED" });
  });

  test("can be waited for, with an event that has no position yet", async () => {
    const tidings = await start();
    await tidings.start();
    const [event] = await move(tidings, 1);
    await tidings.projections.waitFor("moves", event);
    expect(await moves()).toEqual([{ card: "1", moves: 1 }]);
    await expect(tidings.projections.waitFor("other", event)).rejects.toMatchObject({
      code: "PROJECTION_NOT_FOUND",
    });
  });

  test("tell who waits too long how far they are", async () => {
    const tidings = await start();
    const [event] = await move(tidings, 1);
    const waiting = tidings.projections.waitFor("moves", event, { timeoutMs: 30 });
    await expect(waiting).rejects.toMatchObject({
      code: "PROJECTION_BEHIND",
      detail: '"moves" is not built yet, the log ends at 0; the event has no position yet',
    });
    await tidings.work();
    const later = tidings.projections.waitFor("moves", { position: 5 }, { timeoutMs: 30 });
    await expect(later).rejects.toMatchObject({
      detail: '"moves" is at 1 of 1 (idle); the event is at position 5',
    });
  });

  test("show what they held at a position, at an event and at a time, to plain names too", async () => {
    const tidings = await start();
    const recorded = [];
    for (const id of [1, 2, 1, 3]) recorded.push((await move(tidings, id))[0]);
    await tidings.work();
    const ask = "select sum(moves)::int as moves from card_moves";
    const at = (until: Parameters<Tidings["projections"]["at"]>[1]) =>
      tidings.projections.at("moves", until, async ({ query, table }) => [
        ...(await query<{ moves: number }>(ask)),
        ...(await query<{ moves: number }>(`select count(*)::int as moves from ${table("card_moves")}`)),
      ]);
    expect(await at({ position: 3 })).toEqual([{ moves: 3 }, { moves: 2 }]);
    expect(await at({ eventId: recorded[1]!.id })).toEqual([{ moves: 2 }, { moves: 2 }]);
    expect(await at({ time: new Date() })).toEqual([{ moves: 4 }, { moves: 3 }]);
    expect(await at({ position: 0 })).toEqual([{ moves: null }, { moves: 0 }]);
    expect(await rows(ask)).toEqual([{ moves: 4 }]);
  });

  test("as of a time read no more of the log than what was recorded until then", async () => {
    database = await open();
    const { db, statements } = watchStatements(database.db);
    const tidings = await start([movesOfCards()], { db });
    await move(tidings, 1);
    const time = new Date();
    await insertRawEvent(database.db, { id: uuid7At(time.getTime() + 1) });
    await rows(
      `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id, actor_type, actor_id,
                                   occurred_at, refs, data, metadata)
       select account_id, lane, tidings.uuid7((extract(epoch from now()) * 1000000)::bigint + 10000 + n), type, version, severity, subject_type,
              subject_id, actor_type, actor_id, occurred_at, refs, data, metadata
         from tidings.events, generate_series(1, 10000) n where subject_id = '1' and data = '{}'`,
    );
    await insertRawEvent(database.db, { id: uuid7At(time.getTime() - 1), card: "late" });
    await insertRawEvent(database.db, { id: uuid7At(time.getTime() + 2) });
    await database.db.transaction(numberAll);
    const read = (until: ReplayUntil) => {
      statements.length = 0;
      return tidings.projections.at("moves", until, ({ query }) => query("select card from card_moves"));
    };
    const pages = () => statements.filter((sql) => sql.includes("events_of_types_after")).length;
    expect(await read({ time })).toEqual([{ card: "1" }, { card: "late" }]);
    const all = pages();
    await read({ time: new Date(time.getTime() - 60_000) });
    expect([all, pages()], "what came late is at the end").toEqual([expect.any(Number), 0]);
    await rows("delete from tidings.event_order where pos = 10003");
    await read({ time });
    expect(pages()).toBeLessThan(all / 2);
  });

  test("of a log whose beginning retention has taken are refused, or begin with what restores it", async () => {
    // A sweep would number again what is deleted here; retention takes the events, too.
    const options = { sequencer: { sweepMs: 10 ** 9 } };
    const tidings = await start([], options);
    for (const id of [1, 2, 3, 4]) await move(tidings, id);
    await tidings.work();
    await rows("delete from tidings.event_order where pos <= 2");
    const blind = await start([movesOfCards()], options);
    await expect(blind.work()).rejects.toMatchObject({ code: "REPLAY_PRUNED" });
    const restored = await start([{ ...movesOfCards(), restore }], options);
    await restored.work();
    const expected = [
      { card: "3", moves: 1 },
      { card: "4", moves: 1 },
      { card: "before 3", moves: 2 },
    ];
    expect(await moves()).toEqual(expected);
    const at = (position: number) =>
      restored.projections.at("moves", { position }, ({ query }) => query("select card from card_moves"));
    expect(await at(3)).toEqual([{ card: "before 3" }, { card: "3" }]);
    await expect(at(1)).rejects.toMatchObject({ code: "REPLAY_PRUNED" });
  });

  test("are taken out of the database with all that they had", async () => {
    const tidings = await start();
    await move(tidings, 1);
    await tidings.work();
    expect(await tidings.projections.remove("moves")).toBe(true);
    const left = `select to_regclass('card_moves') is null and to_regclass('card_moves__v1') is null as gone`;
    expect(await rows(left)).toEqual([{ gone: true }]);
    expect(await tidings.subscriptions.list()).toEqual([]);
    expect(await tidings.projections.list()).toEqual([]);
  });

  test("say in their SQL what they mean, also where Tidings' own is renamed", async () => {
    database = await open({ migrated: false });
    const linked = defineProjection("linked", {
      events: [cardMoved],
      tables: {
        linked: {
          columns: "(card text, host text default 'tidings.example', url text)",
          indexes: ["(card) where host <> 'tidings.no'"],
        },
      },
      on: {
        "card.moved": async ({ subject }, { query, table }) => {
          const sql = `insert into ${table("linked")} (card, url) values ($1, 'https://tidings.example/' || $1)`;
          await query(sql, [subject.id]);
        },
      },
    });
    const tidings = await start([linked], { schema: "log" });
    await tidings.migrate();
    await move(tidings, 1);
    await tidings.work();
    const expected = [{ card: "1", host: "tidings.example", url: "https://tidings.example/1" }];
    const read = "select * from linked where host = 'tidings.example'";
    expect(await rows(read)).toEqual(expected);
    const then = tidings.projections.at("linked", { position: 1 }, ({ query }) => query(read));
    expect(await then).toEqual(expected);
    const [index] = await rows<{ sql: string }>(
      "select indexdef as sql from pg_indexes where tablename = 'linked__v1'",
    );
    expect(index!.sql).toContain("'tidings.no'");
  });

  test("live in any schema beside Tidings' own", async () => {
    database = await open({ migrated: false });
    const tidings = await start([movesOfCards()], { schema: "log" });
    await tidings.migrate();
    await move(tidings, 1);
    await tidings.work();
    expect(await moves()).toEqual([{ card: "1", moves: 1 }]);
  });
});
