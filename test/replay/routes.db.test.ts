import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type ActionContext, defineAction, from, type Route, type Tidings } from "../../src/index.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import {
  clubActions,
  clubRows,
  createClub,
  createClubTables,
  insertMember,
  member,
  memberJoined,
  person,
  type Club,
} from "./support/club.ts";
import { user } from "./support/shopEvents.ts";
import type { Tx } from "./support/shopTables.ts";

const acme = { account: "acme", actor: user("ann", "Ann") };

/** What version 3 of member.create is called by the time that it is replayed: kept for replays alone. */
const createMemberV3 = defineAction("member.create_v3", {
  kind: "create",
  ignore: true,
  input: z.object({ name: z.string(), password: z.string() }),
  subject: ({ name }, ctx) => member(ctx.id(), name),
  run: async ({ name }, ctx: ActionContext<Tx>) => {
    const hash = await ctx.capture("hash", () => "never made");
    await insertMember(ctx, { id: ctx.subject.id, name: `${name} (v3)`, secret: hash });
  },
});

const createPerson = defineAction("person.create", {
  kind: "create",
  input: z.object({ name: z.string() }),
  subject: ({ name }, ctx) => person(ctx.id(), name),
  run: ({ name }, ctx: ActionContext<Tx>) => insertMember(ctx, { id: ctx.subject.id, name, secret: null }),
});

const giveBadge = defineAction("badge.give", {
  kind: "create",
  input: z.object({ to: z.string() }),
  subject: ({ to }) => person(to),
  run: async ({ to }, ctx: ActionContext<Tx>) => {
    await ctx.tx.query("insert into badges (account, member, label) values ($1, $2, $3)", [
      ctx.account,
      to,
      `given by ${ctx.actor.label}`,
    ]);
  },
});

describeOnDatabases("a route", (open) => {
  let database: TestDatabase;
  let actions: Club;
  let club: Tidings<Tx>;
  let id: string;
  let hash: string;
  beforeEach(async () => {
    database = await open();
    await createClubTables(database.db);
    actions = clubActions({ mails: [], runs: [] });
    club = createClub(database, actions);
    const { event } = await club.perform(actions.createMember, { name: "Ann", password: "secret" }, acme);
    id = event!.subject.id;
    [hash] = (await clubRows(database.db)).map((row) => row.split(" ")[4]!) as [string];
  });
  afterEach(() => database.drop());

  /** The club of today, in which version 4 of member.create is the only one that its definition knows. */
  const replayWith = (routes: Route<Tx>[], options = {}) => {
    const { createMember, ...others } = actions;
    const today = { ...others, createMember: { ...createMember, version: 4 }, createPerson, giveBadge };
    return createClub(database, today).replay({ routes, ...options });
  };

  test("leads an old version to its old implementation, with the ids and captured values of then", async () => {
    const report = await replayWith([{ from: "member.create", versions: [3], to: createMemberV3 }]);
    expect(await clubRows(database.db)).toEqual([
      expect.stringContaining(`member ${id} Ann (v3) new ${hash} `),
    ]);
    expect(report.counts).toEqual([
      { type: "member.create", version: 3, by: "route", detail: "member.create_v3", events: 1 },
    ]);
  });

  test("leads one event to several actions on other entities, each with an input made for it", async () => {
    await replayWith([
      {
        from: actions.createMember,
        versions: [1, 2, 3],
        to: [
          {
            action: createPerson,
            input: ({ name, password }) => ({ name: `${String(name)}/${String(password)}` }),
          },
          { action: giveBadge, input: (_, event) => ({ to: event.subject.id }) },
        ],
      },
    ]);
    expect(await clubRows(database.db), "the password was sealed, and is opened for the route").toEqual([
      expect.stringContaining(`badge 1 ${id} given by Ann`),
      expect.stringContaining(`member ${id} Ann/secret new `),
    ]);
  });

  test("leads to nothing, and the report says why", async () => {
    const report = await replayWith([{ from: "member.create", ignore: "members live elsewhere now" }]);
    expect(await clubRows(database.db)).toEqual([]);
    expect(report).toMatchObject({
      replayed: 0,
      counts: [{ by: "ignored", detail: "members live elsewhere now", events: 1 }],
    });
  });

  test("leads from an event that is no action to a function that writes", async () => {
    const report = await replayWith([
      { from: "member.create", ignore: "its event is enough" },
      {
        from: memberJoined,
        to: {
          apply: async ({ account, subject, occurredAt, position }, { tx }) => {
            expect(position).toBeGreaterThan(0);
            await tx.query("insert into members (account, id, name, joined_at) values ($1, $2, $3, $4)", [
              account,
              subject.id,
              `joined as ${subject.label}`,
              occurredAt.toISOString(),
            ]);
          },
        },
      },
    ]);
    expect(report.counts).toContainEqual({
      type: "member.joined",
      version: 1,
      by: "route",
      detail: "apply",
      events: 1,
    });
    expect(await clubRows(database.db)).toEqual([expect.stringContaining(`member ${id} joined as Ann`)]);
  });

  test("leads from an action to a function, which gets what the action got: also what is sealed", async () => {
    const seen: object[] = [];
    const apply = (event: object) => void seen.push(event);
    await replayWith([{ from: "member.create", versions: [3], to: { apply } }]);
    expect(seen).toMatchObject([
      { version: 3, data: { input: { name: "Ann", password: "secret" }, captured: { hash } } },
    ]);
    expect(seen[0], "what is encrypted is of no use to anybody").not.toHaveProperty("sealed");
    const failing = replayWith([
      {
        from: "member.create",
        to: {
          apply: ({ data }) => {
            throw new Error(`nobody takes ${JSON.stringify(data)}`);
          },
        },
      },
    ]);
    await expect(failing).rejects.toMatchObject({
      code: "REPLAY_FAILED",
      detail: expect.stringMatching(/nobody takes (?!.*"secret")/),
    });
  });

  test("leads from an action to a function, in the action's present form; half of an upcast it never gets", async () => {
    const { createMember: _, ...others } = actions;
    const seen: unknown[] = [];
    const routes: Route<Tx>[] = [
      {
        from: "member.create",
        to: { apply: ({ version, data }) => void seen.push([version, data]) },
      },
    ];
    const replayUpcast = (step: (old: { name: string; password: string }) => object) => {
      const upcast = { 3: from(z.object({ name: z.string(), password: z.string() }), step) };
      const today = defineAction("member.create", {
        kind: "create",
        version: 4,
        input: z.looseObject({}),
        upcast: upcast as never,
        subject: () => member("1"),
        run: () => undefined,
      });
      return createClub(database, { ...others, createMember: today as never }).replay({ routes });
    };
    await replayUpcast(({ name, password }) => ({ login: `${name}:${password}` }));
    expect(seen).toMatchObject([[4, { input: { login: "Ann:secret" } }]]);
    const failing = replayUpcast(({ password }) => {
      throw new Error(`no ${password}`);
    });
    const cause = { code: "UPCAST_FAILED", detail: expect.stringContaining("threw Error: no [sensitive]") };
    await expect(failing).rejects.toMatchObject({ code: "REPLAY_FAILED", cause });
    expect(seen).toHaveLength(1);
  });

  test("leads from an event that is no action to actions, which get the same ids in every replay", async () => {
    const routes: Route<Tx>[] = [
      { from: "member.create", ignore: "its event is enough" },
      {
        from: memberJoined,
        to: [
          { action: createPerson, input: (_, { subject }) => ({ name: `joined as ${subject.label}` }) },
          { action: giveBadge, input: (_, { subject }) => ({ to: subject.id }) },
        ],
      },
    ];
    await replayWith(routes);
    const rows = await clubRows(database.db);
    expect(rows).toEqual([
      expect.stringContaining(`${id} given by Ann`),
      expect.stringMatching(/member \S+ joined as Ann new /),
    ]);
    await replayWith(routes);
    expect(await clubRows(database.db)).toEqual(rows);
  });

  test("given in the call goes before those of createTidings", async () => {
    const { createMember: _, ...others } = actions;
    const today = createClub(database, others, {
      routes: [{ from: "member.create", ignore: "the app's own" }],
    });
    expect((await today.replay({ dryRun: true })).counts).toMatchObject([{ detail: "the app's own" }]);
    const routes = [{ from: "member.create", ignore: "this time" }];
    expect((await today.replay({ dryRun: true, routes })).counts).toMatchObject([{ detail: "this time" }]);
  });

  test("that leads away from an action leaves those inside it: each replays once, by itself", async () => {
    await club.perform(actions.awardAll, { ids: [id, id], label: "gold" }, acme);
    const report = await club.replay({
      routes: [{ from: "badge.award_all", ignore: "nobody awards to all any more" }],
    });
    expect(report.counts.map(({ type, by, events }) => [type, by, events])).toEqual([
      ["member.create", "action", 1],
      ["badge.award_all", "ignored", 1],
      ["badge.award", "action", 2],
    ]);
    expect((await clubRows(database.db)).filter((row) => row.startsWith("badge"))).toHaveLength(2);
  });

  test("whose sealed values no key opens any more stops with ERASED, or is set aside", async () => {
    const keyless = createClub(database, actions, {}, Buffer.alloc(32, 2).toString("base64"));
    await expect(keyless.replay({})).rejects.toMatchObject({
      code: "ERASED",
      detail: expect.stringContaining("member.create version 3"),
    });
    const apply = () => expect.unreachable("half of the data would be wrong data");
    const applied = keyless.replay({ restart: true, routes: [{ from: "member.create", to: { apply } }] });
    await expect(applied).rejects.toMatchObject({ code: "ERASED" });
    const report = await keyless.replay({ restart: true, strict: false });
    expect(report.setAside.first).toMatchObject([{ type: "member.create", code: "ERASED" }]);
  });
});
