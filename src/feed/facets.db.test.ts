import { afterAll, beforeAll, expect, test } from "vitest";
import { ann, events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { defineEntity } from "../events/entity.ts";
import { createTidings, type Tidings } from "../tidings.ts";

const FIRST = "2026-03-28T22:59:59.999Z"; // a millisecond before midnight in Berlin
const SECOND = "2026-03-28T23:00:00.000Z";

describeOnDatabases("facets", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;

  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events, account: "acme" });
    await insertPastEvents(database.db, [
      { at: FIRST, type: "card.added", actor: "ann" },
      { at: SECOND, type: "card.moved", actor: "ann" },
      { at: SECOND, type: "card_moved", actor: "ben" }, // an older name
      { at: "2026-03-30T12:00:00Z", type: "card.moved", actor: "ben" },
      { at: "2026-03-31T12:00:00Z", type: "card.forgotten", actor: "ben" }, // no definition has it
      { at: "2026-04-01T12:00:00Z", type: "comment.added", actor: "cat", audience: ["admins"] },
    ]);
    await insertPastEvents(database.db, [{ at: SECOND, type: "page.viewed" }], { lane: "client" });
    await insertPastEvents(database.db, [{ at: SECOND, type: "card.added" }], { account: "other" });
    const many = Array.from({ length: 1_001 }, (_, turn) => ({
      at: new Date(Date.UTC(2026, 0, 1) + turn * 3_600_000),
      type: turn === 0 ? "card.added" : "card.moved",
      actor: `user-${turn % 60}`,
    }));
    await insertPastEvents(database.db, many, { account: "busy" });
  }, 60_000);
  afterAll(() => database.drop());

  const typesOf = ({ types }: { types: readonly { type: string; count: number }[] }) =>
    Object.fromEntries(types.map(({ type, count }) => [type, count]));
  const actorsOf = ({ actors }: { actors: readonly { actor: { id: string }; count: number }[] }) =>
    Object.fromEntries(actors.map(({ actor, count }) => [actor.id, count]));
  const daysOf = ({ days }: { days: readonly { date: string; count: number }[] }) =>
    days.map(({ date, count }) => `${date} ${count}`);

  test("count types under their present names, actors and days, the most and the newest first", async () => {
    const facets = await tidings.facets();
    expect(facets.types[0]).toEqual({ type: "card.moved", count: 3 });
    expect(typesOf(facets)).toEqual({
      "card.moved": 3,
      "card.added": 1,
      "card.forgotten": 1,
      "comment.added": 1,
    });
    expect(facets.actors[0]).toEqual({ actor: { type: "user", id: "ben", label: null }, count: 3 });
    expect(actorsOf(facets)).toEqual({ ann: 2, ben: 3, cat: 1 });
    expect(daysOf(facets)).toEqual(["2026-04-01 1", "2026-03-31 1", "2026-03-30 1", "2026-03-28 3"]);
    expect(facets).toMatchObject({ events: 6, complete: true });
  });

  test("count days in the reader's zone", async () => {
    const { days } = await tidings.facets({ timeZone: "Europe/Berlin" });
    expect(days.slice(-2)).toEqual([
      { date: "2026-03-29", count: 2 },
      { date: "2026-03-28", count: 1 },
    ]);
    await expect(tidings.facets({ timeZone: "Mars/Base" })).rejects.toMatchObject({
      code: "INVALID_TIME_ZONE",
    });
  });

  test("show what another choice in the same list would find, and obey the other lists", async () => {
    const moves = await tidings.facets({ types: ["card.moved"] });
    expect(moves.events).toBe(3);
    expect(typesOf(moves)["card.added"], "types are not filtered by type").toBe(1);
    expect(actorsOf(moves)).toEqual({ ann: 1, ben: 2 });

    const bens = await tidings.facets({ actors: ["user:ben"], since: new Date("2026-03-30") });
    expect(bens.events).toBe(2);
    expect(typesOf(bens)).toEqual({ "card.moved": 1, "card.forgotten": 1 });
    expect(actorsOf(bens)).toEqual({ ben: 2, cat: 1 });
    expect(daysOf(bens)).toEqual(["2026-03-31 1", "2026-03-30 1", "2026-03-28 1"]);
  });

  test("never count what the viewer may not see", async () => {
    const seen = await tidings.facets({ viewer: ann });
    expect(seen.events).toBe(5);
    expect(typesOf(seen)).not.toHaveProperty("comment.added");
    expect(actorsOf(seen)).not.toHaveProperty("cat");
    expect(daysOf(seen)).not.toContain("2026-04-01 1");
    const admin = { ...ann, audiences: ["admins"] };
    expect((await tidings.facets({ viewer: admin })).events).toBe(6);
    // Nor when a list is counted without its own choice.
    expect(actorsOf(await tidings.facets({ viewer: ann, actors: ["user:cat"] }))).toEqual({ ann: 2, ben: 3 });
  });

  test("are of one account and of the lanes asked", async () => {
    expect(await tidings.facets({ account: "other" })).toMatchObject({
      types: [{ type: "card.added", count: 1 }],
      events: 1,
    });
    expect(await tidings.facets({ account: "nowhere" })).toEqual({
      types: [],
      actors: [],
      days: [],
      events: 0,
      complete: true,
    });
    expect(typesOf(await tidings.facets({ lanes: ["client"] }))).toEqual({ "page.viewed": 1 });
  });

  test("show who acted by their present names, as the feed does", async () => {
    const named = defineEntity("user", { load: async (ids) => ids.map((id) => ({ id, label: `Dr ${id}` })) });
    const { user: _user, commentAdded: _commentAdded, ...others } = events;
    const present = createTidings({ db: database.db, events: { ...others, named }, account: "acme" });
    const { actors } = await present.facets({ types: ["card.added"] });
    expect(actors).toEqual([{ actor: { type: "user", id: "ann", label: "Dr ann" }, count: 1 }]);
  });

  test("look at the newest 500 events of a busy account, and say so", async () => {
    const facets = await tidings.facets({ account: "busy" });
    expect(facets).toMatchObject({ events: 500, complete: false });
    expect(typesOf(facets)).toEqual({ "card.moved": 500 });
    expect(facets.actors).toHaveLength(50);
    expect(await tidings.facets({ account: "busy", of: "user:user-7" })).toMatchObject({ complete: true });
  });
});
