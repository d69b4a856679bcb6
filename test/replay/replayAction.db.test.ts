import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { from } from "../../src/events/upcast.ts";
import type { ActionContext } from "../../src/replay/actionContext.ts";
import { defineAction } from "../../src/replay/defineAction.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import type { TidingsOptions } from "../../src/tidingsOptions.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import { events, person, personJoined, team, type Tx } from "./support/people.ts";

const secretKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const joined = (id: string) => personJoined({ subject: person(id), refs: { team: team("t") } });

type Script = (ctx: ActionContext<Tx>, note: (what: unknown) => Promise<void>) => unknown;
/** Each run of an action writes what it met into `notes`: a replay must write the same again. */
let script: Script;
let childScript: Script = () => undefined;

const noteIn = (ctx: ActionContext<Tx>) => async (what: unknown) => {
  await ctx.tx.query("insert into notes (what) values ($1)", [JSON.stringify(what)]);
};
const parent = defineAction("team.act", {
  kind: "update",
  subject: () => team("t"),
  sensitive: ["captured.secret"],
  run: (_input, ctx: ActionContext<Tx>) => script(ctx, noteIn(ctx)),
});
const child = defineAction("team.step", {
  kind: "update",
  input: z.object({ n: z.number() }),
  subject: (_input, ctx) => person(ctx.id()),
  run: async ({ n }, ctx: ActionContext<Tx>) => {
    await noteIn(ctx)([n, ctx.subject.id, ctx.now(), ctx.random(), await ctx.capture("c", Math.random)]);
    if (n < 0) throw Object.assign(new RangeError(`refused ${n}`), { code: "REFUSED" });
    if (n === 0) return ctx.skip("nothing");
    await childScript(ctx, noteIn(ctx));
    return n;
  },
});

describeOnDatabases("An action run again", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let account = 0;
  const openTidings = (options: Partial<TidingsOptions> = {}): Tidings =>
    createTidings({
      db: database.db,
      events,
      actions: { parent, child },
      account: `a${account}`,
      replay: { clear: (tx) => (tx as Tx).query("delete from notes") },
      ...options,
    });
  beforeAll(async () => {
    database = await open();
    await database.db.transaction((tx) =>
      tx.execute("create table notes (n serial primary key, what text not null)"),
    );
  }, 120_000);
  afterAll(() => database.drop());
  beforeEach(() => {
    account++;
    tidings = openTidings();
    childScript = () => undefined;
  });

  const notes = async () => (await database.db.query("select what from notes order by n")).map((row) => row);
  const history = async () =>
    (await tidings.events.list({ lanes: ["system", "domain", "client"], limit: 200 })).items;
  const perform = async (run: Script) => {
    script = run;
    await database.db.query("delete from notes");
    return tidings.perform(parent, {}, { actor: person("ann") });
  };
  const replay = async (app = tidings) => {
    await app.work();
    return app.replay({ account: `a${account}` });
  };
  /** Performs, replays, and compares what the two wrote. */
  const isTheSame = async (run: Script) => {
    await perform(run);
    await tidings.flush();
    const [written, recorded] = [await notes(), await history()];
    await replay();
    expect(await notes()).toEqual(written);
    expect(await history()).toEqual(recorded);
    return written;
  };

  test("gets the same ids, numbers, times, captures and failures, in the order in which it asks", async () => {
    await isTheSame(async (ctx, note) => {
      await note([ctx.account, ctx.actor, ctx.subject, ctx.now(), ctx.id(), ctx.random(), ctx.id()]);
      await note(await ctx.capture("a", Math.random));
      await note(await ctx.capture("a", async () => ({ again: Math.random(), list: [null, true] })));
      const down = () => Promise.reject(Object.assign(new RangeError(`${Math.random()}`), { code: "DOWN" }));
      await ctx.capture("down", down).catch(({ name, message, code }) => note([name, message, code]));
    });
  });

  test("records and tracks nothing, and gets the events of then, by whatever way it records", async () => {
    await isTheSame(async (ctx, note) => {
      const [one] = await ctx.record(joined("1"));
      const [two, three] = await tidings.record(ctx.tx, joined("2"), joined("3"));
      tidings.track(joined("4"));
      await note([one.id, one.occurredAt, two.id, three.subject, one.causedBy]);
      const wrong = { ...joined("5"), severity: "none" as never };
      await tidings.record(wrong).catch(({ code }: { code: string }) => note(code));
    });
  });

  test("what it left to a timer has no effects either", async () => {
    let late: Promise<unknown> | undefined;
    let ended = () => {};
    const run: Script = () => {
      const over = new Promise<void>((resolve) => (ended = resolve));
      late = over.then(() => tidings.record({ ...joined("late"), actor: person("ann") }));
    };
    await perform(run);
    ended();
    await late;
    const recorded = await history();
    await replay();
    ended();
    await expect(late).rejects.toMatchObject({ code: "REPLAY_HAS_NO_EFFECTS" });
    expect(await history()).toEqual(recorded);
  });

  test("performs its children where it did, each with what was recorded for it, exactly once", async () => {
    childScript = async (ctx) => {
      if (Math.random() < 2) await ctx.perform(child, { n: 0 });
    };
    const written = await isTheSame(async (ctx, note) => {
      await note((await ctx.perform(child, { n: 2 })).result);
      await note((await tidings.perform(child, { n: 3 })).event!.id);
      await ctx.perform(child, { n: -1 }).catch(({ name, message, code }) => note([name, message, code]));
      const skipped = await ctx.perform(child, { n: 0 });
      await note([skipped.result, skipped.event]);
      const list = await tidings.performAll(child, [{ n: 4 }, { n: 5 }], {
        events: "summary",
        subject: team("t"),
      });
      await note(list.results);
    });
    expect(written.length).toBeGreaterThan(10);
  });

  test("does not run a child again whose key was taken before, which is replayed in its own place", async () => {
    script = () => undefined;
    await database.db.query("delete from notes");
    const key = { actor: person("ann"), idempotencyKey: "k" };
    await tidings.perform(child, { n: 7 }, key);
    script = async (ctx, note) => note((await ctx.perform(child, { n: 7 }, key)).repeated);
    await tidings.perform(parent, {}, { actor: person("ann") });
    const written = await notes();
    await replay();
    expect(await notes()).toEqual(written);
  });

  test("stops at what was not captured then, and says what", async () => {
    await perform((ctx) => ctx.capture("old", () => 1));
    script = (ctx) => ctx.capture("new", () => 2);
    await expect(replay()).rejects.toThrow(/team\.act.*"new" was not captured/);
    script = (ctx) => ctx.perform(child, { n: 1 });
    await expect(replay()).rejects.toThrow(/performs team\.step, which it did not then/);
  });

  test("gives an event that was never recorded to a run that records more today, the same each time", async () => {
    await perform((ctx) => ctx.record(joined("1")));
    const before = await history();
    script = async (ctx, note) => {
      const [known, added] = await ctx.record(joined("1"), joined("2"));
      await note([known.id, added.id]);
    };
    await replay();
    const once = await notes();
    expect(JSON.stringify(once)).toContain(before.find(({ type }) => type === "person.joined")!.id);
    await replay();
    expect(await notes()).toEqual(once);
    expect(await history()).toEqual(before);
  });

  test("needs the key of what it captured in secret", async () => {
    tidings = openTidings({ secretKey });
    const run: Script = async (ctx, note) => note(await ctx.capture("secret", Math.random));
    await isTheSame(run);
    await expect(replay(openTidings())).rejects.toMatchObject({ code: "ERASED" });
  });

  test("a child that found nothing to change gets its secrets again, which nobody else does", async () => {
    const look = defineAction("team.look", {
      kind: "update",
      subject: () => team("t"),
      sensitive: ["captured.token"],
      run: async (_input, ctx) => ctx.skip(await ctx.capture("token", () => `TOKEN ${Math.random()}`)),
    });
    tidings = openTidings({ secretKey, actions: { parent, child, look } });
    await isTheSame(async (ctx, note) => note((await ctx.perform(look, {})).result));
    const rows = await database.db.query("select e::text from tidings.events e");
    expect(JSON.stringify([await history(), rows])).not.toContain("TOKEN");
  });

  test("and says so where it was never kept", async () => {
    await perform((ctx) => ctx.capture("secret", () => "s"));
    await expect(replay()).rejects.toMatchObject({ code: "ERASED" });
  });

  test("an older version is brought to the present one, with its captures", async () => {
    await database.db.query("delete from notes");
    const old = defineAction("team.count", {
      kind: "update",
      input: z.object({ count: z.string() }),
      subject: () => team("t"),
      run: async (_input, ctx: ActionContext<Tx>) => noteIn(ctx)(["old", ctx.id()]),
    });
    const present = defineAction("team.count", {
      kind: "update",
      version: 2,
      input: z.object({ total: z.number() }),
      upcast: { 1: from(z.object({ count: z.string() }), ({ count }) => ({ total: Number(count) })) },
      subject: () => team("t"),
      run: async ({ total }, ctx: ActionContext<Tx>) => noteIn(ctx)([total, ctx.id()]),
    });
    await openTidings({ actions: { old } }).perform(old, { count: "12" }, { actor: person("ann") });
    const [written] = await notes();
    await replay(openTidings({ actions: { present } }));
    const [, id] = JSON.parse((written as { what: string }).what) as [string, string];
    expect(await notes()).toEqual([{ what: JSON.stringify([12, id]) }]);
  });

  test("whatever it asks for, in whatever order, it is the same again", async () => {
    const step = fc.oneof(
      fc.constant({ do: "id" as const }),
      fc.constant({ do: "random" as const }),
      fc.record({
        do: fc.constant("capture" as const),
        name: fc.constantFrom("a", "b"),
        value: fc.jsonValue(),
      }),
      fc.record({ do: fc.constant("record" as const), id: fc.constantFrom("1", "2") }),
      fc.record({ do: fc.constant("perform" as const), n: fc.integer({ min: -1, max: 2 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        // A replay of the account begins with the first of them.
        account++;
        tidings = openTidings();
        await isTheSame(async (ctx, note) => {
          for (const each of steps) {
            if (each.do === "id") await note(ctx.id());
            if (each.do === "random") await note(ctx.random());
            if (each.do === "capture") await note(await ctx.capture(each.name, () => each.value));
            if (each.do === "record") await note((await ctx.record(joined(each.id)))[0].id);
            if (each.do === "perform") {
              const done = await ctx.perform(child, { n: each.n }).catch((error: Error) => error.message);
              await note(typeof done === "string" ? done : done.result);
            }
          }
        });
      }),
      { numRuns: database.db.concurrent ? 25 : 10 },
    );
  });
});
