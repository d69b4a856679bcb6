import { afterAll, beforeAll, expect, test } from "vitest";
import * as boardEvents from "../../test/support/boardEvents.ts";
import { aMove, ann, ben, board, card, cardAdded, commentAdded } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { defineEntity } from "../events/entity.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { createTidings, type Tidings } from "../tidings.ts";

/** A kind whose names the app keeps: number 2 is gone, number 1 has another name today. */
const doc = defineEntity("doc", {
  url: (id) => `/docs/${id}`,
  load: async (ids) => ids.filter((id) => id !== "2").map((id) => ({ id, label: `Present ${id}` })),
});
const docRead = defineEvent("doc.read", { lane: "client", subject: doc });

describeOnDatabases("entities", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  const launch = board("launch", "Launch week");
  const at = (time: string) => ({ occurredAt: new Date(time) });
  const found = async (q: string, more: object = {}) =>
    (await tidings.entities.search({ account: "acme", q, ...more })).items.map(
      ({ entity }) => `${entity.type}:${entity.id}=${entity.label}`,
    );

  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events: { ...boardEvents.events, doc, docRead } });
    const record = (actor: typeof ann, ...drafts: Parameters<Tidings["record"]>) =>
      tidings.run({ account: "acme", actor }, () => tidings.record(...drafts));
    await record(
      ann,
      {
        ...cardAdded({ subject: card(1, "Login broken"), refs: { board: launch } }),
        ...at("2026-11-02T08:00:00Z"),
      },
      { ...aMove(2), ...at("2026-11-03T08:00:00Z") },
      {
        ...cardAdded({ subject: card(1, "Fix the login"), refs: { board: launch } }),
        ...at("2026-11-08T23:30:00Z"),
      },
    );
    await record(
      ben,
      {
        ...commentAdded({
          subject: card(1, "Fix the login"),
          refs: { mentioned: [ann] },
          data: { text: "Hm" },
        }),
        ...at("2026-11-10T08:00:00Z"),
      },
      docRead({ subject: doc(1, "Recorded 1") }),
      docRead({ subject: doc(2, "Recorded 2") }),
      { ...cardAdded({ subject: card(77, "Secret plan"), refs: { board: launch } }), audience: ["admins"] },
    );
    await tidings.record({
      ...cardAdded({ subject: card(1, "Login of others"), refs: { board: board("theirs") } }),
      account: "other",
      actor: ann,
    });
  });
  afterAll(async () => {
    await tidings.stop();
    await database.drop();
  });

  test("is found by a part of its name, also of an older one, and has its latest name", async () => {
    expect(await found("LOGIN")).toEqual(["card:1=Fix the login"]);
    expect(await found("broken")).toEqual(["card:1=Fix the login"]);
  });

  test("is found in every role: as actor, in single roles and in lists", async () => {
    expect(await found("ann")).toEqual(["user:ann=Ann"]);
    expect(await found("To do")).toEqual(["column:todo=To do"]);
    expect(await found("launch w")).toEqual(["board:launch=Launch week"]);
  });

  test("is found by the beginning of its id, and by type:id before everything else", async () => {
    expect(await found("laun")).toEqual(["board:launch=Launch week"]);
    expect((await found("card:1"))[0]).toBe("card:1=Fix the login");
    expect(await found("card:", { types: ["column"] })).toEqual([]);
  });

  test("a name that begins with what is asked goes before one that only has it; then the latest", async () => {
    const [first] = await found("l");
    expect(first).toBe("board:launch=Launch week");
  });

  test("wildcards of SQL are letters like others", async () => {
    expect(await found("%")).toEqual([]);
    expect(await found("_ogin")).toEqual([]);
  });

  test("the present name is shown, and what is gone says so", async () => {
    const docs = await tidings.entities.search({ account: "acme", types: ["doc"] });
    expect(docs.complete).toBe(true);
    expect(docs.items.map(({ entity }) => entity)).toEqual([
      { type: "doc", id: "1", label: "Present 1", url: "/docs/1", deleted: false },
      { type: "doc", id: "2", label: "Recorded 2", url: null, deleted: true },
    ]);
  });

  test("nothing of another account, and nothing that the viewer may not see", async () => {
    expect(await found("others")).toEqual([]);
    expect(await found("secret")).toEqual(["card:77=Secret plan"]);
    for (const q of ["secret", "card:77"]) {
      expect(await found(q, { viewer: ann })).toEqual([]);
      expect(await found(q, { viewer: { ...ann, audiences: ["admins"] } })).toEqual(["card:77=Secret plan"]);
    }
  });

  test("somebody who may see next to nothing of a large account costs no more than others, and is told that there is more", async () => {
    const account = "crowd";
    const begin = Date.parse("2026-11-01T00:00:00Z");
    const hidden = Array.from({ length: 20_000 }, (_, turn) => ({
      at: new Date(begin + turn * 1_000),
      audience: ["admins"],
    }));
    await insertPastEvents(database.db, [{ at: new Date(begin - 1_000), actor: "zoe" }], { account });
    const search = async (q: string, audiences: string[] = []) => {
      const viewer = { ...ben, audiences };
      const { items, complete } = await tidings.entities.search({ account, q, viewer });
      return [...items.map(({ entity }) => `${entity.type}:${entity.id}`), complete];
    };
    await insertPastEvents(database.db, hidden.slice(1), { account });
    expect(await search("zoe"), "all 20,000 are looked at").toEqual(["user:zoe", true]);
    await insertPastEvents(database.db, hidden.slice(0, 1), { account });
    expect(await search("zoe")).toEqual([false]);
    expect(await search("user:zoe"), "by type:id however old").toEqual(["user:zoe", false]);
    expect(await search("user:ann")).toEqual([false]);
    expect(await search("user:ann", ["admins"])).toEqual(["user:ann", false]);

    const quarter = "quarter";
    await insertPastEvents(database.db, hidden.slice(0, 5_000), { account: quarter });
    const all = () => tidings.entities.search({ account: quarter, q: "user:ann" });
    expect(await all(), "all 5,000 are looked at").toMatchObject({ complete: true });
    await insertPastEvents(database.db, [{ at: new Date(begin - 1_000), actor: "zoe" }], {
      account: quarter,
    });
    expect(await all()).toMatchObject({ complete: false });
  }, 120_000);

  test("an overview tells since when, how much, by whom, and the weeks of the reader's zone", async () => {
    const overview = await tidings.entities.overview(card(1), { account: "acme", timeZone: "Europe/Berlin" });
    expect(overview).toEqual({
      entity: { type: "card", id: "1", label: "Fix the login", url: "/cards/1", deleted: false },
      firstAt: new Date("2026-11-02T08:00:00Z"),
      lastAt: new Date("2026-11-10T08:00:00Z"),
      events: 3,
      complete: true,
      people: [
        { actor: { type: "user", id: "ann", label: "Ann" }, count: 2 },
        { actor: { type: "user", id: "ben", label: "Ben" }, count: 1 },
      ],
      // Half past eleven of Sunday in UTC is Monday in Berlin.
      weeks: [
        { week: "2026-11-02", count: 1 },
        { week: "2026-11-09", count: 2 },
      ],
    });
    const inUtc = await tidings.entities.overview("card:1", { account: "acme" });
    expect(inUtc.weeks.map(({ count }) => count)).toEqual([2, 1]);
  });

  test("an entity without events, of another account, or hidden, is not there", async () => {
    for (const [entity, query] of [
      [card(404), {}],
      [board("theirs"), {}],
      [card(77), { viewer: ben }],
    ] as const) {
      await expect(tidings.entities.overview(entity, { account: "acme", ...query })).rejects.toMatchObject({
        code: "ENTITY_NOT_FOUND",
      });
    }
    expect((await tidings.entities.overview(board("launch"), { account: "acme", viewer: ben })).events).toBe(
      2,
    );
    expect((await tidings.entities.overview(board("launch"), { account: "acme" })).events).toBe(3);
  });

  test("what cannot be asked says which field", async () => {
    for (const query of [{ q: "x".repeat(201) }, { limit: 0 }, { limit: 51 }, { types: [] }]) {
      await expect(tidings.entities.search({ account: "acme", ...query })).rejects.toMatchObject({
        code: "INVALID_FILTER",
        path: [Object.keys(query)[0]],
      });
    }
    for (const query of [{ q: "\0" }, { types: ["card\0"] }]) {
      await expect(tidings.entities.search({ account: "acme", ...query })).rejects.toMatchObject({
        code: "UNSERIALIZABLE",
        path: [Object.keys(query)[0]],
      });
    }
  });
});
