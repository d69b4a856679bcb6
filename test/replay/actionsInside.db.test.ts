import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { TidingsError } from "../../src/errors.ts";
import { defineEvent } from "../../src/events/defineEvent.ts";
import type { ActionContext } from "../../src/replay/actionContext.ts";
import { defineAction } from "../../src/replay/defineAction.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import {
  actions,
  ann,
  CREATE_PEOPLE,
  createPerson,
  events,
  invitePerson,
  joinTeam,
  person,
  personJoined,
  renamePerson,
  team,
  type Tx,
} from "./support/people.ts";

const pageViewed = defineEvent("page.viewed", { lane: "client", subject: person });
const joined = (id: string) => personJoined({ subject: person(id), refs: { team: team("t") } });

/** Its run is whatever a test wants. */
let script: (ctx: ActionContext<Tx>, tidings: Tidings) => unknown;
const scripted = defineAction("team.script", {
  kind: "update",
  subject: () => team("t"),
  run: async (_input, ctx: ActionContext<Tx>) => script(ctx, tidings),
});
let tidings: Tidings;

describeOnDatabases("Inside an action", (open) => {
  let database: TestDatabase;
  let account = 0;
  beforeAll(async () => {
    database = await open();
    await database.db.transaction((tx) => tx.execute(CREATE_PEOPLE));
    tidings = createTidings({
      db: database.db,
      events: [events, { pageViewed }],
      actions: { ...actions, scripted },
    });
  }, 120_000);
  afterAll(() => database.drop());
  beforeEach(() => void account++);

  const inAccount = <Result>(work: () => Result) => tidings.run({ account: `a${account}`, actor: ann }, work);
  const perform = (run: typeof script) => {
    script = run;
    return inAccount(() => tidings.perform(scripted, {}));
  };
  const history = async () => {
    const page = await inAccount(() => tidings.events.list({ lanes: ["system", "domain", "client"] }));
    return page.items.toReversed();
  };
  const typesOf = async () => (await history()).map(({ type }) => type).sort();

  test("another is performed in the same account: a replay of one alone would run it against another's rows", async () => {
    const away = perform((ctx) =>
      ctx.perform(renamePerson, { id: "p", name: "Pia" }, { account: "elsewhere" }),
    );
    await expect(away).rejects.toMatchObject({ code: "INVALID_OPTION", path: ["account"] });
    expect(await history()).toEqual([]);
  });

  test("what run records is caused by the action, and noted with it", async () => {
    const { event, result } = await inAccount(() => tidings.perform(joinTeam, { team: "t", person: "p" }));
    const [recorded] = (await history()).filter(({ type }) => type === "person.joined");
    expect(recorded).toMatchObject({
      id: result.event,
      causedBy: { lane: "system", id: event!.id },
      causeDepth: 1,
      actor: ann,
    });
    expect(event!.data.recorded).toEqual([{ type: "person.joined", lane: "domain", id: recorded!.id }]);
  });

  test("plain record and perform belong to the action, with or without the transaction", async () => {
    const { event } = await perform(async (ctx, outer) => {
      await outer.record(joined("1"));
      await outer.record(ctx.tx, joined("2"));
      await outer.perform(createPerson, { name: "Ben", password: "" });
      await outer.perform(ctx.tx, createPerson, { name: "Cleo", password: "" });
    });
    const inside = (await history()).filter(({ id }) => id !== event!.id);
    expect(inside.map(({ causedBy }) => causedBy?.id)).toEqual(inside.map(() => event!.id));
    expect(event!.data.recorded).toHaveLength(2);
    expect(event!.data.performed).toHaveLength(2);
  });

  test("parent and child are separate events, linked both ways, the parent's after the child's", async () => {
    const { event } = await inAccount(() => tidings.perform(invitePerson, { team: "t", name: "Ben" }));
    await tidings.work();
    const children = (await history()).filter(
      ({ data }) => (data as { within?: string }).within === event!.id,
    );
    expect(children.map(({ type }) => type)).toEqual(["person.create", "team.join"]);
    expect(event!.data.performed).toEqual(children.map(({ type, lane, id }) => ({ type, lane, id })));
    expect(children.map(({ causedBy }) => causedBy)).toEqual(
      children.map(() => ({ lane: "system", id: event!.id })),
    );
    const order = await database.db.query<{ event_id: string }>(
      "select event_id::text from tidings.event_order where account_id = $1 order by pos",
      [`a${account}`],
    );
    expect(order.at(-1)).toEqual({ event_id: event!.id });
  });

  test("a child that fails is undone alone where its parent goes on, and its failure is noted", async () => {
    const { event } = await perform(async (ctx) => {
      await ctx.perform(createPerson, { name: "Ben", password: "" });
      await expect(ctx.perform(renamePerson, { id: "nobody", name: "x" })).rejects.toThrow(RangeError);
      await ctx.record(joined("1"));
    });
    expect(event!.data.performed).toMatchObject([
      { type: "person.create" },
      { type: "person.rename", failed: { name: "RangeError", message: "nobody is called nobody" } },
    ]);
    expect(await typesOf()).toEqual(["person.create", "person.joined", "team.script"]);
  });

  test("a parent that fails leaves nothing of its children, whatever they recorded and tracked", async () => {
    const call = perform(async (ctx, outer) => {
      await ctx.perform(joinTeam, { team: "t", person: "p" });
      outer.track(pageViewed({ subject: person("p") }));
      throw new Error("no");
    });
    await expect(call).rejects.toThrow("no");
    await tidings.flush();
    expect(await history()).toEqual([]);
    expect(await database.db.query("select from members where account = $1", [`a${account}`])).toEqual([]);
  });

  test("what run tracks is sent when the action has succeeded", async () => {
    await perform(async (ctx, outer) => {
      outer.track(pageViewed({ subject: person("p") }));
      script = () => outer.track(pageViewed({ subject: person("q") }));
      await ctx.perform(scripted, {});
      script = () => {
        outer.track(pageViewed({ subject: person("r") }));
        throw new Error("no");
      };
      await ctx.perform(scripted, {}).catch(() => undefined);
    });
    await tidings.flush();
    const tracked = (await history()).filter(({ type }) => type === "page.viewed");
    expect(tracked.map(({ subject }) => subject.id).sort()).toEqual(["p", "q"]);
  });

  test("children that are started together run one after the other, each whole", async () => {
    const { event } = await perform((ctx) =>
      Promise.all([
        ctx.perform(invitePerson, { team: "t", name: "Ben" }),
        ctx.perform(renamePerson, { id: "nobody", name: "x" }).catch(() => undefined),
        ctx.record(joined("1")),
        ctx.perform(invitePerson, { team: "t", name: "Cleo" }),
      ]),
    );
    expect(event!.data.performed.map(({ type }) => type)).toEqual([
      "team.invite",
      "person.rename",
      "team.invite",
    ]);
    expect((await typesOf()).filter((type) => type === "person.joined")).toHaveLength(3);
  });

  test("a child that nobody waits for is part of the action all the same", async () => {
    const { event } = await perform((ctx) => void ctx.perform(createPerson, { name: "Ben", password: "" }));
    expect(event!.data.performed).toHaveLength(1);
  });

  test("what comes after the run is refused, or stands for itself", async () => {
    let late: ActionContext<Tx> | undefined;
    await perform((ctx) => void (late = ctx));
    await expect(late!.record(joined("1"))).rejects.toMatchObject({ code: "ACTION_OVER" });
    await expect(late!.capture("x", () => 1)).rejects.toMatchObject({ code: "ACTION_OVER" });
    expect(() => late!.id()).toThrow(TidingsError);

    let later: Promise<unknown> | undefined;
    let release!: () => void;
    const over = new Promise<void>((resolve) => (release = resolve));
    await perform((_ctx, outer) => void (later = over.then(() => outer.record(joined("2")))));
    release();
    await later;
    expect(await typesOf()).toEqual(["person.joined", "team.script", "team.script"]);
  });

  test("recordEach is refused: a replay could not say what became of each", async () => {
    const call = perform((_ctx, outer) => outer.recordEach([joined("1")]));
    await expect(call).rejects.toMatchObject({ code: "NOT_IN_ACTION" });
  });

  test("skipping after something happened is a mistake", async () => {
    const recorded = perform(async (ctx) => {
      await ctx.record(joined("1"));
      ctx.skip();
    });
    await expect(recorded).rejects.toMatchObject({ code: "SKIP_TOO_LATE" });
    const skipped = perform(async (ctx) => {
      ctx.skip();
      await ctx.record(joined("1"));
    });
    await expect(skipped).rejects.toMatchObject({ code: "SKIP_TOO_LATE" });
    expect(await history()).toEqual([]);
  });

  test("captured are values, errors and what is captured again under the same name", async () => {
    const { event, result } = await perform(async (ctx) => {
      const values = [
        await ctx.capture("v", () => 1),
        await ctx.capture("v", async () => ({ deep: [null] })),
      ];
      await ctx.capture("down", () => Promise.reject(new RangeError("down"))).catch(() => undefined);
      return [...values, ctx.id(), ctx.id(), ctx.random()];
    });
    const [, , id, second, random] = result as unknown[];
    expect(event!.data).toMatchObject({
      captured: { v: 1, "v#2": { deep: [null] }, id, "id#2": second, random },
      threw: { down: { name: "RangeError", message: "down" } },
    });
    for (const bad of [new Date(), undefined, () => 1, Number.NaN]) {
      const call = perform((ctx) => ctx.capture("bad", () => bad));
      await expect(call).rejects.toMatchObject({ code: "UNSERIALIZABLE", path: ["captured", "bad"] });
    }
  });

  test("a list performed inside is one child for each input, or one for all", async () => {
    const inputs = ["Ben", "Cleo"].map((name) => ({ name, password: "" }));
    const { event } = await perform(async (_ctx, outer) => {
      await outer.performAll(createPerson, inputs);
      await outer.performAll(createPerson, inputs, { events: "summary", subject: team("t") });
    });
    expect(event!.data.performed.map(({ type }) => type)).toEqual([
      "person.create",
      "person.create",
      "person.create",
    ]);
  });

  test("an action cannot be recorded as if it were an event, nor performed when it is none of the app's", async () => {
    const draft = { ...joined("1"), type: "person.create" } as never;
    await expect(inAccount(() => tidings.record(draft))).rejects.toMatchObject({
      code: "ACTION_NOT_RECORDABLE",
    });
    const other = defineAction("team.other", { kind: "update", subject: () => team("t"), run: () => 1 });
    await expect(inAccount(() => tidings.perform(other, {}))).rejects.toMatchObject({ code: "UNKNOWN_TYPE" });
  });

  test("an event that is too large is refused with all that the action did", async () => {
    const call = perform(async (ctx) => {
      await ctx.perform(createPerson, { name: "Ben", password: "" });
      await ctx.capture("big", () => "x".repeat(70_000));
    });
    await expect(call).rejects.toMatchObject({ code: "EVENT_TOO_LARGE" });
    expect(await history()).toEqual([]);
  });
});
