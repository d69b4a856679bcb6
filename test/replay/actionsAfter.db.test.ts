import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { ActionContext, AfterContext } from "../../src/replay/actionContext.ts";
import { defineAction } from "../../src/replay/defineAction.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import { ann, events, person, personJoined, team, type Tx } from "./support/people.ts";

const CREATE_MAIL = `
create table users (id text primary key, name text not null);
create table emails (id text primary key, user_id text not null, status text not null)`;

/** What left the house. */
const sent: { to: string; key: string }[] = [];
let failures = 0;
/** Called in the `after` of sendEmail, and in the `run` of what that performs. */
let meanwhile: ((where: string) => void) | undefined;

const updateStatus = defineAction("email.update_status", {
  kind: "update",
  input: z.object({ id: z.string(), status: z.string() }),
  subject: ({ id }) => person(id),
  run: async ({ id, status }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("update emails set status = $2 where id = $1", [id, status]);
    meanwhile?.("run");
  },
});

const sendEmail = defineAction("email.send", {
  kind: "create",
  input: z.object({ to: z.string() }),
  subject: (_input, ctx) => person(ctx.id()),
  run: async ({ to }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("insert into emails (id, user_id, status) values ($1, $2, 'queued')", [
      ctx.subject.id,
      to,
    ]);
  },
  after: async (event, ctx: AfterContext<Tx>) => {
    sent.push({ to: event.data.input.to, key: ctx.id });
    meanwhile?.("after");
    await ctx.perform(updateStatus, { id: event.subject.id, status: "sent" });
    if (failures-- > 0) throw new Error(`attempt ${ctx.attempt} failed`);
  },
});

const createUser = defineAction("user.create", {
  kind: "create",
  input: z.object({ name: z.string() }),
  subject: ({ name }, ctx) => person(ctx.id(), name),
  run: async ({ name }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("insert into users (id, name) values ($1, $2)", [ctx.subject.id, name]);
  },
  after: async (event, ctx: AfterContext<Tx>) => {
    await ctx.perform(sendEmail, { to: event.subject.id });
  },
});

const actions = { createUser, sendEmail, updateStatus };

describeOnDatabases("After an action", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    await database.db.transaction((tx) => tx.execute(CREATE_MAIL));
    tidings = createTidings({
      db: database.db,
      events,
      actions,
      account: "acme",
      replay: { clear: ["users", "emails"] },
    });
  }, 120_000);
  afterAll(() => database.drop());
  beforeEach(async () => {
    await tidings.work();
    sent.length = 0;
    failures = 0;
    meanwhile = undefined;
  });

  const rows = (table: string) => database.db.query<{ status: string }>(`select * from ${table} order by id`);
  const history = async () =>
    (await tidings.events.list({ lanes: ["system", "domain"], limit: 200 })).items.toReversed();

  test("side effects are actions of their own: exactly three events, and a replay sends nothing and restores the status", async () => {
    const { event } = await tidings.perform(createUser, { name: "Ben" }, { actor: ann });
    expect(sent).toEqual([]); // nothing before the commit, nothing without a worker
    await tidings.work();

    const events = await history();
    expect(events.map(({ type }) => type)).toEqual(["user.create", "email.send", "email.update_status"]);
    expect(events.map(({ causedBy }) => causedBy?.id)).toEqual([undefined, event!.id, events[1]!.id]);
    expect(events.map(({ actor }) => actor.type)).toEqual(["user", "job", "job"]);
    expect(sent).toEqual([{ to: event!.subject.id, key: events[1]!.id }]);
    const before = [await rows("users"), await rows("emails")];
    expect(before[1]).toMatchObject([{ status: "sent" }]);

    await tidings.replay({});
    await tidings.work();
    expect([await rows("users"), await rows("emails")]).toEqual(before);
    expect(sent).toHaveLength(1);
    expect(await history()).toHaveLength(3);
  });

  test("it is tried again with the same id, and what it performed counts once", async () => {
    failures = 1;
    const already = (await history()).length;
    await tidings.perform(sendEmail, { to: "p" }, { actor: ann });
    await tidings.work();
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
    expect((await history()).slice(already).map(({ type }) => type)).toEqual([
      "email.send",
      "email.update_status",
    ]);
  });

  test("what is tracked in it, and in what it performs, is sent when it has committed: once, however often it is tried", async () => {
    failures = 1;
    const places: string[] = [];
    meanwhile = (where) => {
      places.push(where);
      tidings.track(personJoined({ subject: person(where), refs: { team: team("t") } }));
      expect(tidings.trackStats().buffered, "nothing is sent before the commit").toBe(0);
    };
    await tidings.perform(sendEmail, { to: "p" }, { actor: ann });
    await tidings.work();
    expect(places).toEqual(["after", "run", "after", "run"]);
    await tidings.flush();
    const { items } = await tidings.events.list({ types: ["person.joined"] });
    expect(items.map(({ subject }) => subject.id).sort()).toEqual(["after", "run"]);
  });

  test("it waits while the account is replayed in place, and has no effect before it may perform", async () => {
    await tidings.perform(sendEmail, { to: "p" }, { actor: ann });
    const UNDER_WAY =
      "insert into tidings.replays (kind, account_id, fingerprint, request) values ('in_place', 'acme', '', '{}')";
    await database.db.query(UNDER_WAY);
    const refused = tidings.perform(sendEmail, { to: "p" }, { actor: ann });
    await expect(refused).rejects.toMatchObject({ code: "REPLAY_UNDER_WAY" });
    const elsewhere = tidings.perform(
      updateStatus,
      { id: "x", status: "y" },
      { actor: ann, account: "globex" },
    );
    expect(await elsewhere).toMatchObject({ repeated: false });
    const failures: unknown[] = [];
    const stopHearing = tidings.signals.on("subscription.failed", (failure) => failures.push(failure));
    while (failures.length === 0) await tidings.work({ forMs: 100 });
    stopHearing();
    expect(failures[0]).toMatchObject({ name: "actions.after", error: { code: "REPLAY_UNDER_WAY" } });
    expect(sent).toEqual([]);
    await database.db.query("update tidings.replays set state = 'cancelled' where account_id = 'acme'");
    await tidings.work();
    expect(sent).toHaveLength(1);
  });

  test("what was rolled back has no after", async () => {
    const rolledBack = database.ownTransaction(async (handle) => {
      await tidings.perform(handle, createUser, { name: "Cleo" }, { actor: ann });
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    await tidings.work();
    expect(sent).toEqual([]);
  });

  test("only an app with such actions has the subscription", () => {
    const registered = (app: Tidings) => app.subscriptions.registered().map(({ name }) => name);
    expect(registered(tidings)).toEqual(["actions.after"]);
    expect(registered(createTidings({ db: database.db, events, actions: { updateStatus } }))).toEqual([]);
  });

  test("an app may have more of them than a filter takes types", () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `a${index}`,
        defineAction(`user.do_${index}`, {
          kind: "update",
          subject: () => person("p"),
          run: () => undefined,
          after: () => undefined,
        }),
      ]),
    );
    expect(() => createTidings({ db: database.db, events, actions: many })).not.toThrow();
  });
});
