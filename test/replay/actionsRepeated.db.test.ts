import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { defineAction } from "../../src/replay/defineAction.ts";
import type { PerformOptions } from "../../src/replay/performOptions.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import type { TidingsOptions } from "../../src/tidingsOptions.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import {
  actions,
  ann,
  CREATE_PEOPLE,
  createPerson,
  events,
  person,
  renamePerson,
  team,
} from "./support/people.ts";

const secretKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const newerKey = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";

describeOnDatabases("An action with an idempotency key", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let account = 0;
  const openTidings = (options: Partial<TidingsOptions> = {}) =>
    createTidings({ db: database.db, events, actions, ...options });
  beforeAll(async () => {
    database = await open();
    await database.db.transaction((tx) => tx.execute(CREATE_PEOPLE));
    tidings = openTidings();
  }, 120_000);
  afterAll(() => database.drop());
  beforeEach(() => void account++);

  const as = (given: PerformOptions): PerformOptions => ({ account: `a${account}`, actor: ann, ...given });
  const create = (given: PerformOptions, input = { name: "Ben", password: "pw" }, on = tidings) =>
    on.perform(createPerson, input, as(given));
  const count = async () =>
    (await database.db.query("select from people where account = $1", [`a${account}`])).length;

  test("does nothing the second time and returns the first event, also when run generates the subject", async () => {
    const first = await create({ idempotencyKey: "k" });
    const second = await create({ idempotencyKey: "k" });
    expect(second).toEqual({ repeated: true, result: undefined, event: first.event, version: null });
    expect(await count()).toBe(1);
  });

  test.each([
    ["another input", {}, { name: "Cleo", password: "pw" }],
    ["another actor", { actor: { type: "job", id: "j", label: null } }, undefined],
  ])("conflicts with %s", async (_name, given: PerformOptions, input) => {
    await create({ idempotencyKey: "k" });
    const other = create({ ...given, idempotencyKey: "k" }, input);
    await expect(other).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT", path: ["idempotencyKey"] });
    const event = tidings.record(
      events.personJoined({ subject: person(1), refs: { team: team(1) }, ...as({}), idempotencyKey: "k" }),
    );
    await expect(event).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect(await count()).toBe(1);
  });

  test("stands for itself in each account", async () => {
    await create({ idempotencyKey: "k" });
    expect(await create({ idempotencyKey: "k", account: "elsewhere" })).toMatchObject({ repeated: false });
  });

  test("keeps no key of an action that failed", async () => {
    const rename = () => tidings.perform(renamePerson, { id: "x", name: "y" }, as({ idempotencyKey: "k" }));
    await expect(rename()).rejects.toThrow(RangeError);
    await expect(rename()).rejects.toThrow(RangeError);
    const inTheirs = database.ownTransaction(async (handle) => {
      const call = tidings.perform(handle, renamePerson, { id: "x", name: "y" }, as({ idempotencyKey: "k" }));
      await expect(call).rejects.toThrow(RangeError);
    });
    await inTheirs;
    expect(await create({ idempotencyKey: "k" })).toMatchObject({ repeated: false });
  });

  test("tells passwords apart where there is a secret key, by an older one too, and never keeps a plain hash", async () => {
    const keyed = openTidings({ secretKey });
    await create({ idempotencyKey: "k" }, undefined, keyed);
    const other = { name: "Ben", password: "other" };
    await expect(create({ idempotencyKey: "k" }, other, keyed)).rejects.toMatchObject({
      code: "IDEMPOTENCY_CONFLICT",
    });
    const rotated = openTidings({ secretKey: [newerKey, secretKey] });
    expect(await create({ idempotencyKey: "k" }, undefined, rotated)).toMatchObject({ repeated: true });
    // Without a key a hash could be guessed: what is sensitive does not count.
    await create({ idempotencyKey: "plain" });
    expect(await create({ idempotencyKey: "plain" }, other)).toMatchObject({ repeated: true });
  });

  test("runs a list once", async () => {
    const list = (events: "each" | "summary") =>
      tidings.performAll(
        createPerson,
        ["Ben", "Cleo"].map((name) => ({ name, password: "" })),
        events === "summary"
          ? { ...as({ idempotencyKey: events }), events, subject: team(1) }
          : { ...as({ idempotencyKey: events }), events },
      );
    for (const [index, way] of (["each", "summary"] as const).entries()) {
      const first = await list(way);
      const second = await list(way);
      expect(first.repeated).toBe(false);
      expect(second).toEqual({ repeated: true, results: [undefined, undefined], events: first.events });
      expect(await count()).toBe(2 * (index + 1));
    }
  });

  test("stands for a whole list: a longer or shorter one is another", async () => {
    const list = (...names: string[]) =>
      tidings.performAll(
        createPerson,
        names.map((name) => ({ name, password: "" })),
        as({ idempotencyKey: "list" }) as { idempotencyKey: string },
      );
    await list("Ben", "Cleo");
    for (const names of [["Ben", "Cleo", "Dan"], ["Ben"]])
      await expect(list(...names)).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect(await count()).toBe(2);
  });

  test("runs once, however many call at once", async (context) => {
    needsSeveralConnections(context);
    const calls = await Promise.all(Array.from({ length: 8 }, () => create({ idempotencyKey: "k" })));
    expect(calls.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(calls.map(({ event }) => event!.id)).size).toBe(1);
    expect(await count()).toBe(1);
  });
});

describeOnDatabases("An expected version", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  const touch = defineAction("person.touch", {
    kind: "update",
    lock: "none",
    subject: () => person("p"),
    run: async () => undefined,
  });
  const touchInside = defineAction("person.touch_inside", {
    kind: "update",
    lock: "none",
    subject: () => person("p"),
    run: async (_input, ctx) => {
      await ctx.perform(touch, {});
      await ctx.perform(touch, {});
    },
  });
  beforeAll(async () => {
    database = await open();
    await database.db.transaction((tx) => tx.execute(CREATE_PEOPLE));
    tidings = createTidings({ db: database.db, events, actions: { touch, touchInside } });
  }, 120_000);
  afterAll(() => database.drop());
  const perform = (account: string, expectedVersion?: number) =>
    tidings.perform(touch, {}, { account, actor: ann, expectedVersion });

  test("counts the actions on the subject, from none", async () => {
    expect((await perform("counts", 0)).version).toBe(1);
    expect((await perform("counts")).version).toBe(2);
    expect((await perform("counts", 2)).version).toBe(3);
    const stale = perform("counts", 2);
    await expect(stale).rejects.toMatchObject({ code: "VERSION_CONFLICT", path: ["expectedVersion"] });
    await expect(perform("counts", 0)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
    await expect(perform("counts", -1)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect((await perform("counts", 3)).version).toBe(4);
  });

  test("does not meet the changes of its own actions inside", async () => {
    const options = { account: "inside", actor: ann };
    const outer = await tidings.perform(touchInside, {}, { ...options, expectedVersion: 0 });
    expect(outer.version).toBe(3);
    const stale = tidings.perform(touchInside, {}, { ...options, expectedVersion: 1 });
    await expect(stale).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
  });

  test("lets one of many win who decided on the same version, without a lock", async (context) => {
    needsSeveralConnections(context);
    for (const version of [0, 1, 2]) {
      const calls = await Promise.allSettled(Array.from({ length: 6 }, () => perform("race", version)));
      expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const call of calls) {
        if (call.status === "rejected") expect(call.reason).toMatchObject({ code: "VERSION_CONFLICT" });
      }
    }
  });
});
