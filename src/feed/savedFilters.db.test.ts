import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ann, ben, board, cardMoved, events, user } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings, type Tidings } from "../tidings.ts";

describeOnDatabases("saved filters", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events, account: "acme" });
  });
  beforeEach(() => database.db.query("delete from tidings.saved_filters"));
  afterAll(() => database.drop());

  const longKeys = Array.from({ length: 50 }, (_, number) => user(String(number).padStart(145, "x")));
  const moves = { types: ["card.moved"] };
  const namesFor = async (owner: typeof ann, account = "acme") =>
    (await tidings.savedFilters.list({ account, owner })).map(({ name }) => name);

  test("a filter comes back ready for a feed, with entities and definitions written out", async () => {
    const since = new Date("2026-03-01");
    const filter = {
      of: board("1", "Roadmap"),
      types: [cardMoved, "comment.*"],
      actors: [ben, "user:cat"],
      since,
    };
    const saved = await tidings.savedFilters.create({ owner: ann, name: "  Roadmap ", filter });
    expect(saved).toMatchObject({ owner: "user:ann", own: true, name: "Roadmap", shared: false });
    expect(saved.filter).toEqual({
      of: ["board:1"],
      types: ["card.moved", "comment.*"],
      actors: ["user:ben", "user:cat"],
      since,
    });
    expect(await tidings.savedFilters.list({ owner: "user:ann" })).toEqual([saved]);
    await tidings.feed(saved.filter);
  });

  test("somebody sees their own by name, then what others of the account share", async () => {
    for (const [owner, name, shared] of [
      [ann, "b", false],
      [ann, "a", true],
      [ben, "shared", true],
      [ben, "private", false],
    ] as const) {
      await tidings.savedFilters.create({ owner, name, filter: moves, shared });
    }
    expect(await namesFor(ann)).toEqual(["a", "b", "shared"]);
    expect(await namesFor(ben)).toEqual(["private", "shared", "a"]);
    expect((await tidings.savedFilters.list({ owner: ann })).map(({ own }) => own)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("another account sees and changes nothing", async () => {
    const { id } = await tidings.savedFilters.create({
      owner: ann,
      name: "ours",
      filter: moves,
      shared: true,
    });
    expect(await namesFor(ann, "other")).toEqual([]);
    expect(await namesFor(ben, "other")).toEqual([]);
    const foreign = { account: "other", owner: ann, id };
    await expect(tidings.savedFilters.update({ ...foreign, name: "x" })).rejects.toMatchObject({
      code: "SAVED_FILTER_NOT_FOUND",
    });
    await expect(tidings.savedFilters.delete(foreign)).rejects.toMatchObject({
      code: "SAVED_FILTER_NOT_FOUND",
    });
    expect(await namesFor(ann)).toEqual(["ours"]);
  });

  test("only the owner changes a filter, shared or not", async () => {
    const { id } = await tidings.savedFilters.create({
      owner: ann,
      name: "ann's",
      filter: moves,
      shared: true,
    });
    for (const attempt of [
      () => tidings.savedFilters.update({ owner: ben, id, name: "ben's" }),
      () => tidings.savedFilters.delete({ owner: ben, id }),
      () => tidings.savedFilters.delete({ owner: ann, id: "nonsense" }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "SAVED_FILTER_NOT_FOUND", status: 404 });
    }
    const renamed = await tidings.savedFilters.update({ owner: ann, id, name: "new" });
    expect(renamed).toMatchObject({ name: "new", filter: moves, shared: true });
    expect(await tidings.savedFilters.update({ owner: ann, id, shared: false })).toMatchObject({
      shared: false,
    });
    expect(await namesFor(ben)).toEqual([]);
    await tidings.savedFilters.delete({ owner: ann, id });
    expect(await namesFor(ann)).toEqual([]);
  });

  test.each([
    [{ lanes: ["none"] }, "lanes"],
    [{ types: [] }, "types"],
    [{ actors: ["nobody"] }, "actors"],
    [{ since: new Date(2), until: new Date(1) }, "since"],
  ])("what cannot be a filter is not saved: %j", async (filter, field) => {
    const saving = tidings.savedFilters.create({ owner: ann, name: "x", filter: filter as never });
    await expect(saving).rejects.toMatchObject({ code: "INVALID_FILTER", path: [field] });
  });

  test.each([{ account: "other" }, { viewer: ann }, { limit: 5 }])(
    "%j is no part of a saved filter",
    async (more) => {
      const saving = tidings.savedFilters.create({
        owner: ann,
        name: "x",
        filter: { ...moves, ...more } as never,
      });
      await expect(saving).rejects.toMatchObject({ code: "INVALID_FILTER" });
    },
  );

  test.each([
    [{ name: " " }, "name"],
    [{ name: "x".repeat(101) }, "name"],
    [{ owner: "ann" }, "owner"],
    [{ filter: { of: longKeys, actors: longKeys, subjects: longKeys } }, "filter"], // 22 KB
  ])("%j is refused", async (wrong, field) => {
    const saving = tidings.savedFilters.create({ owner: ann, name: "x", filter: moves, ...wrong });
    await expect(saving).rejects.toMatchObject({ code: "INVALID_SAVED_FILTER", path: [field] });
  });

  test("one owner keeps 100, also of two requests at once", async (context) => {
    await database.db.query(
      `insert into tidings.saved_filters (account_id, owner, name, filter, shared)
       select 'acme', 'user:ann', n::text, '{}', false from generate_series(1, 99) n`,
    );
    const create = () => tidings.savedFilters.create({ owner: ann, name: "one more", filter: moves });
    await tidings.savedFilters.create({ owner: ben, name: "another's", filter: moves });
    needsSeveralConnections(context);
    const results = await Promise.allSettled([create(), create(), create()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
    await expect(create()).rejects.toMatchObject({ code: "TOO_MANY_SAVED_FILTERS", status: 409 });
  });
});
