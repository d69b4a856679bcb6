import { afterAll, beforeAll, expect, test } from "vitest";
import { clubActions, createClubTables, memberJoined } from "../../test/replay/support/club.ts";
import type { Tx } from "../../test/replay/support/shopTables.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import type { ReplayDefaults } from "../replay/replayOptions.ts";

const ann = { type: "user", id: "ann", label: "Ann" };
const operator = { as: { role: "operator" } } as const;
const ofB = { as: { role: "operator", account: "b" } } as const;
const nobodys = "018f0000-0000-4000-8000-000000000001";

interface ReplayJson {
  readonly id: string;
  readonly state: string;
  readonly [field: string]: unknown;
}

const actions = clubActions({ mails: [], runs: [] });

describeOnDatabases("replays over HTTP", (open) => {
  let database: TestDatabase;
  let scratches = 0;
  let api: TestApi;
  beforeAll(async () => {
    database = await open();
    await createClubTables(database.db);
    const replay: ReplayDefaults<Tx> = {
      clear: async (tx, { account }) => {
        await tx.query("delete from badges where account = $1", [account]);
        await tx.query("delete from members where account = $1", [account]);
      },
      tables: [{ table: "members", account: "account" }],
      scratch: async () => {
        scratches++;
        const { db, drop } = await open(); // a clone, which on PGlite is opened five times faster than an empty one
        await createClubTables(db);
        const dropped = async () => {
          scratches--;
          await drop();
        };
        return { db: db as never, drop: dropped, [Symbol.asyncDispose]: dropped };
      },
    };
    api = await createTestApi({
      database,
      events: { memberJoined },
      actions,
      replay: replay as ReplayDefaults,
      secretKey: Buffer.alloc(32, 1).toString("base64"),
    });
    const join = (name: string, account = "acme") =>
      api.tidings.perform(actions.createMember, { name, password: "secret" }, { actor: ann, account });
    const { result } = await join("Ben");
    await join("Cem");
    await join("Zoe", "b");
    await database.db.query("update members set name = 'Benjamin' where id = $1", [result]);
    await database.db.query("delete from members where name = 'Cem'");
    await api.tidings.perform(
      actions.awardBadge,
      { id: result, label: "first" },
      { actor: ann, account: "acme" },
    );
    await api.tidings.work({ forMs: 100_000 });
  }, 120_000);
  afterAll(() => api.drop());

  const start = async (body: object, options: Parameters<TestApi["post"]>[2] = operator) => {
    const response = await api.post("/replays", body, options);
    return [response.status, (await response.json()) as ReplayJson] as const;
  };
  const read = async (id: string, options: Parameters<TestApi["get"]>[1] = operator) =>
    (await (await api.get(`/replays/${id}`, options)).json()) as ReplayJson;
  /** Begins one and waits until it is over. */
  const run = async (body: object, options: Parameters<TestApi["post"]>[2] = operator) => {
    const [, { id }] = await start(body, options);
    await expect.poll(async () => (await read(id, options)).state, { timeout: 60_000 }).not.toBe("running");
    return read(id, options);
  };

  test("say what can be replayed, and what has to be typed before anything is changed", async () => {
    const { setup, items } = (await (await api.get("/replays", operator)).json()) as Record<string, object>;
    expect(setup).toMatchObject({ routes: 0, tables: ["members"], clear: true, confirm: "acme" });
    expect((setup as { actions: object[] }).actions).toContainEqual({ type: "member.create", version: 3 });
    expect(items).toEqual([]);
  });

  test("are dry unless something else is asked for: counted by type and version, nothing changed", async () => {
    const [status, begun] = await start({});
    expect([status, begun]).toMatchObject([
      202,
      { kind: "dry_run", startedBy: ann, strict: true, until: null },
    ]);
    await expect.poll(async () => (await read(begun.id)).state, { timeout: 60_000 }).toBe("done");
    expect(await read(begun.id)).toMatchObject({
      progress: { events: 7 },
      outcome: { notReplayed: 0, rows: null },
      counts: expect.arrayContaining([
        { type: "member.create", version: 3, events: 2, by: "action", detail: null },
      ]),
      tables: null,
    });
    const rows = await database.db.query("select name from members where account = 'acme'");
    expect(rows).toEqual([{ name: "Benjamin" }]);
  });

  test("only of some types, of one entity and up to a moment, where that is asked for", async () => {
    const { progress, types } = await run({ types: ["member.create"], until: { position: 2 } });
    expect([progress, types]).toMatchObject([{ events: 1, lastPosition: 2 }, ["member.create"]]);
    expect(await run({ subject: "member:nobody" })).toMatchObject({ state: "done", progress: { events: 0 } });
    for (const kind of ["dry_run", "compare", "in_place"])
      expect(await start({ kind, confirm: "acme", types: ["member.craete"] })).toMatchObject([
        400,
        { code: "INVALID_FILTER", path: ["types"], detail: expect.stringContaining("member.create") },
      ]);
    const [status, { code }] = await start({ until: { eventId: "x" } });
    expect([status, code]).toEqual([400, "INVALID_REQUEST"]);
  });

  test("into an empty database show row by row how the present differs, of this account alone", async () => {
    const { outcome, tables, failure } = await run({ kind: "compare" });
    expect(failure).toBeNull();
    expect(outcome).toEqual({ notReplayed: 0, rows: { same: 0, missing: 0, extra: 1, different: 1 } });
    const [members] = tables as { rows: object[] }[];
    expect(members!.rows).toContainEqual({
      kind: "different",
      key: { account: "acme", id: expect.any(String) },
      fields: [{ name: "name", present: "Benjamin", replayed: "Ben" }],
    });
    expect(JSON.stringify(tables)).not.toContain("Zoe");
    expect(scratches).toBe(0);
  });

  test("in place need the account typed, then make its tables anew and leave those of others", async () => {
    expect((await start({ kind: "in_place" }))[1]).toMatchObject({
      code: "INVALID_REQUEST",
      path: ["confirm"],
    });
    expect((await start({ kind: "in_place", confirm: "b" }))[0]).toBe(400);
    const { state, counts, failure } = await run({ kind: "in_place", confirm: "acme" });
    expect(failure).toBeNull();
    expect([state, counts]).toMatchObject(["done", expect.any(Array)]);
    const rows = await database.db.query("select account, name from members order by account, name");
    expect(rows).toEqual([
      { account: "acme", name: "Ben" },
      { account: "acme", name: "Cem" },
      { account: "b", name: "Zoe" },
    ]);
    expect((await run({ kind: "compare" })).outcome).toMatchObject({
      rows: { same: 2, extra: 0, different: 0 },
    });
  });

  test("of another account are not seen, not read and not cancelled, and no parameter names one", async () => {
    const { id } = await run({});
    const { items } = (await (await api.get("/replays", ofB)).json()) as { items: unknown[] };
    expect(items).toEqual([]);
    const answer = async (which: string, path: string, method: string) => {
      const response = await api.post(`/replays/${which}${path}`, {}, { ...ofB, method });
      return [response.status, (await response.text()).replaceAll(which, "ID")];
    };
    expect((await api.get(`/replays/${id}`, ofB)).status).toBe(404);
    expect(await answer(id, "/cancel", "POST")).toEqual(await answer(nobodys, "/cancel", "POST"));
    expect((await api.get("/replays?account=acme", ofB)).status).toBe(400);
    expect((await start({ account: "acme" }, ofB))[0]).toBe(400);
    const { counts } = await run({}, ofB);
    expect(counts).toContainEqual({
      type: "member.create",
      version: 3,
      events: 1,
      by: "action",
      detail: null,
    });
  });

  test("are for operators", async () => {
    for (const role of ["reader", "writer", "service"] as const) {
      expect((await api.get("/replays", { as: { role } })).status).toBe(403);
      expect((await start({}, { as: { role } }))[0]).toBe(403);
      expect((await api.get(`/replays/${nobodys}`, { as: { role } })).status).toBe(403);
    }
  });

  test("one that is over stays as it is when it is cancelled, and one that never was is not found", async () => {
    const { id } = await run({});
    const response = await api.post(`/replays/${id}/cancel`, {}, operator);
    expect([response.status, await response.json()]).toMatchObject([202, { state: "done" }]);
    expect((await api.get("/replays/nothing", operator)).status).toBe(404);
  });

  test("every input has its limit", async () => {
    for (const body of [
      { types: [] },
      { types: Array.from({ length: 201 }, () => "a.b") },
      { types: ["x".repeat(201)] },
      { subject: "x".repeat(601) },
      { until: { position: -1 } },
      { until: { position: 1, eventId: nobodys } },
      { batch: 5 },
      { kind: "everything" },
    ])
      expect((await start(body))[0], JSON.stringify(body).slice(0, 60)).toBe(400);
  });
});
