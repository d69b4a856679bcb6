import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, cardMoved } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { createTestPglite, type PgliteTestDatabase } from "../../test/support/testDatabase.ts";
import { pglite } from "../db/pglite.ts";

const operator = { as: { role: "operator" } } as const;

describe("health", () => {
  let database: PgliteTestDatabase;
  let api: TestApi;
  beforeAll(async () => {
    database = await createTestPglite();
    api = await createTestApi({ database, http: { maxLagMs: 60_000 } });
    api.tidings.subscribe("search", { types: [cardMoved], from: "start", run: async () => undefined });
  });
  afterAll(() => api.drop());

  test("shows an operator the sequencer, the subscriptions and what was tracked", async () => {
    await api.tidings.record({ ...aMove(), account: "acme", actor: ann });
    await api.number();
    const response = await api.get("/health", operator);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({
      status: "ok",
      details: {
        sequencer: { lastPosition: 1, lagMs: 0 },
        subscriptions: [{ name: "search", slot: 0, position: 1, behind: 0, parked: 0, failingSince: null }],
        tracked: { buffered: 0, written: 0, dropped: 0 },
      },
    });
  });

  test("shows everybody else only whether all is well", async () => {
    for (const role of ["reader", "writer", "service"] as const) {
      expect(await (await api.get("/health", { as: { role } })).json()).toEqual({ status: "ok" });
    }
  });

  test("is 503 when events have waited too long for their positions, and well again afterwards", async () => {
    await api.tidings.record({ ...aMove(), account: "acme", actor: ann });
    // A sequencer that died an hour ago: the last tick is that old, and so is the event.
    await database.client.exec(`
      update tidings.sequencer set ticked_at = now() - interval '1 hour';
      insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                  actor_type, actor_id, occurred_at, refs, data, metadata)
      values ('acme', 'domain', tidings.uuid7_floor(now() - interval '1 hour'), 'card.moved', 3, 'info', 'card', '1',
              'user', 'ann', now(), '{}', '{}', '{}')`);
    const response = await api.get("/health", operator);
    expect(response.status).toBe(503);
    const { status, details } = (await response.json()) as {
      status: string;
      details: { sequencer: { lagMs: number } };
    };
    expect(status).toBe("sequencer_late");
    expect(details.sequencer.lagMs).toBeGreaterThan(3_000_000);
    expect(await (await api.get("/health")).json()).toEqual({ status: "sequencer_late" });
    await api.number();
    expect((await api.get("/health")).status).toBe(200);
  });

  test.each(["snapshot = '9000000000:9000000000:'", "system_identifier = 'another'"])(
    "is 503 when the log was moved and gives no positions, and well once it is repaired: %s",
    async (moved) => {
      await database.client.exec(
        `update tidings.sequencer set ${moved}, ticked_at = now() - interval '1 hour'`,
      );
      expect(await (await api.get("/health")).json()).toEqual({ status: "sequencer_late" });
      await api.number();
      expect((await api.get("/health")).status).toBe(200);
    },
  );

  test("is not alarmed by an old event that has only just been committed", async () => {
    await database.client.exec(`
      update tidings.sequencer set ticked_at = clock_timestamp();
      insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                  actor_type, actor_id, occurred_at, refs, data, metadata)
      values ('acme', 'domain', tidings.uuid7_floor(now() - interval '2 hours'), 'card.moved', 3, 'info', 'card', '1',
              'user', 'ann', now(), '{}', '{}', '{}')`);
    expect((await api.get("/health")).status).toBe(200);
  });
});

describe("health in the middle of a deploy, with tables that the next version migrated", () => {
  let database: PgliteTestDatabase;
  beforeAll(async () => void (database = await createTestPglite()));
  afterAll(() => database.drop());

  /** A process of the old version. */
  const aProcess = () => createTestApi({ database: { ...database, db: pglite(database.client) } });

  test("stays well in a process that began before, and says so; another one does not start", async () => {
    const [hasAnswered, hasStarted, late] = [await aProcess(), await aProcess(), await aProcess()];
    expect(await (await hasAnswered.get("/health", operator)).json()).toMatchObject({
      details: { schema: "current" },
    });
    await hasStarted.tidings.start({ worker: false });
    await database.client.exec(
      "insert into tidings.migrations (id, name, checksum) values (9999, '9999_future.sql', '')",
    );
    for (const api of [hasAnswered, hasStarted]) {
      const response = await api.get("/health", operator);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ status: "ok", details: { schema: "newer" } });
    }
    await hasStarted.tidings.stop();
    const response = await late.get("/health", operator);
    expect([response.status, await response.json()]).toEqual([503, { status: "schema_newer" }]);
    await expect(late.tidings.start()).rejects.toMatchObject({ code: "SCHEMA_NEWER" });
    await expect(hasStarted.tidings.start()).rejects.toMatchObject({ code: "SCHEMA_NEWER" });
  });
});

describe("health without what it needs", () => {
  test("names the missing schema", async () => {
    const api = await createTestApi({ database: await createTestPglite({ migrated: false }) });
    const response = await api.get("/health", operator);
    expect([response.status, await response.json()]).toEqual([503, { status: "schema_missing" }]);
    await api.drop();
  });

  test("says that the database is away, and tells the app why", async () => {
    const database = await createTestPglite();
    const api = await createTestApi({ database });
    const failed: string[] = [];
    api.tidings.signals.on("http.failed", ({ path }) => failed.push(path));
    await database.drop();
    const response = await api.get("/health", operator);
    expect([response.status, await response.json()]).toEqual([503, { status: "database_unreachable" }]);
    expect(failed).toEqual(["/health"]);
  });
});
