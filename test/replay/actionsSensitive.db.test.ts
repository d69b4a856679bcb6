import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineAction } from "../../src/replay/defineAction.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import type { TidingsOptions } from "../../src/tidingsOptions.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import { actions, ann, CREATE_PEOPLE, createPerson, events, team } from "./support/people.ts";

const secretKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const enrol = defineAction("team.enrol", {
  kind: "update",
  input: z.object({
    cards: z.array(z.object({ number: z.string().nullable(), name: z.string() })),
    keys: z.record(z.string(), z.object({ "a.b": z.string() })),
    note: z.string().optional(),
  }),
  subject: () => team("t"),
  sensitive: ["cards.*.number", "keys.*", "note", "captured.token"],
  run: async (_input, ctx) => {
    const token = await ctx.capture("token", () => "TOKEN-1");
    await ctx.capture("token", () => "TOKEN-2");
    await ctx.capture("token", () => null);
    await ctx.capture("tokenless", () => "in the open");
    return token;
  },
  after: (event) => void seen.push(event.data),
});
const input = {
  cards: [
    { number: "CARD-1", name: "one" },
    { number: null, name: "two" },
  ],
  keys: { x: { "a.b": "KEY" }, __proto: { "a.b": "KEY" } },
};
const seen: unknown[] = [];

const CHATTY = { name: "Ben", pin: 4711, code: 'it\'s "secret"' };
const leak = defineAction("team.leak", {
  kind: "update",
  input: z.object({ name: z.string(), pin: z.number(), code: z.string() }),
  subject: () => team("t"),
  sensitive: ["pin", "code"],
  run: ({ name }) => {
    if (name === leaking) throw tellingAll();
  },
  after: () => {
    throw tellingAll();
  },
});
let leaking = "nobody";
const tellingAll = () => new Error(`Ben's mail was refused: ${JSON.stringify(CHATTY)}, code ${CHATTY.code}`);

describeOnDatabases("What is sensitive", (open) => {
  let database: TestDatabase;
  let account = 0;
  beforeAll(async () => {
    database = await open();
    await database.db.transaction((tx) => tx.execute(CREATE_PEOPLE));
  }, 120_000);
  afterAll(() => database.drop());
  beforeEach(() => void account++);
  const openTidings = (options: Partial<TidingsOptions> = {}): Tidings =>
    createTidings({
      db: database.db,
      events,
      actions: { ...actions, enrol },
      account: `a${account}`,
      ...options,
    });

  /** All that the database holds of the account, as text. */
  async function everythingStored(): Promise<string> {
    const tables = ["events", "timeline", "idempotency_keys", "subject_versions"];
    const parts = await Promise.all(
      tables.map(async (table) => {
        const sql = `select t::text as row from tidings.${table} t where account_id = $1`;
        return (await database.db.query<{ row: string }>(sql, [`a${account}`])).map(({ row }) => row);
      }),
    );
    return parts.flat().join("\n");
  }

  test.each([
    ["without a secret key", {}],
    ["with one", { secretKey }],
  ])("is nowhere in the open, %s", async (_name, options) => {
    const tidings = openTidings(options);
    const given = { actor: ann, idempotencyKey: "k" };
    const { event } = await tidings.perform(createPerson, { name: "Ben", password: "PASSWORD" }, given);
    expect(event!.data.input).toEqual({ name: "Ben", password: null });
    expect(event!.data.captured).not.toHaveProperty("hash");
    await tidings.perform(enrol, { ...input, note: "NOTE" }, { actor: ann });
    const stored = await everythingStored();
    for (const secret of ["PASSWORD", "CARD", "KEY", "NOTE", "TOKEN"]) expect(stored).not.toContain(secret);
    const [hash] = await database.db.query<{ password_hash: string }>(
      "select password_hash from people where account = $1",
      [`a${account}`],
    );
    expect(stored).not.toContain(hash!.password_hash);
    expect(stored).toContain("in the open");
    const feed = await tidings.events.list({ lanes: ["system"] });
    expect(JSON.stringify(feed)).not.toMatch(/PASSWORD|CARD|KEY|NOTE|TOKEN|sealed/);
  });

  test("is null in the event where it was something, and as it was where it was nothing", async () => {
    const { event } = await openTidings({ secretKey }).perform(enrol, input, { actor: ann });
    expect(event!.data).toMatchObject({
      input: {
        cards: [
          { number: null, name: "one" },
          { number: null, name: "two" },
        ],
        keys: { x: null, __proto: null },
      },
      captured: { "token#3": null, tokenless: "in the open" },
    });
    expect(event!.data.captured).not.toHaveProperty("token");
    expect(event!.data.input).not.toHaveProperty("note");
  });

  test("is whole for after, with the key, also with an older one", async () => {
    await openTidings({ secretKey }).perform(enrol, input, { actor: ann });
    const rotated = openTidings({ secretKey: ["BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=", secretKey] });
    seen.length = 0;
    await rotated.work();
    expect(seen.at(-1)).toMatchObject({ input, captured: { token: "TOKEN-1", "token#2": "TOKEN-2" } });
  });

  test("is hidden in what is kept of an after that failed, and of a replay", async () => {
    const tidings = openTidings({
      secretKey,
      actions: { leak },
      replay: { clear: () => undefined },
      subscriptions: { leaseMs: 1_000 },
    });
    await tidings.perform(leak, CHATTY, { actor: ann });
    const failures: string[] = [];
    tidings.signals.on("subscription.failed", ({ error }) => failures.push(String(error)));
    while (failures.length === 0) await tidings.work({ forMs: 200 });
    const [after] = await database.db.query<{ text: string }>(
      "select last_error as text from tidings.subscriptions where name = 'actions.after'",
    );
    leaking = "Ben";
    const account = tidings.context().account!;
    await expect(tidings.replay({ account })).rejects.toMatchObject({ code: "REPLAY_FAILED" });
    const [replay] = await database.db.query<{ text: string }>(
      "select failure::text as text from tidings.replays where account_id = $1",
      [account],
    );
    const { setAside } = await tidings.replay({ account, strict: false });
    leaking = "nobody";
    for (const text of [after!.text, failures[0]!, replay!.text, setAside.first[0]!.message]) {
      expect(text).toContain("Ben's mail was refused");
      expect(text).toContain("code [sensitive]");
      expect(text).not.toMatch(/4711|secret\\*"/);
    }
  });

  test("a key that is none is refused when the app starts", () => {
    expect(() => openTidings({ secretKey: "short" })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  });
});
