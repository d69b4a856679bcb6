import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, cardMoved } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { defineProjection } from "../replay/defineProjection.ts";

const operator = { as: { role: "operator" } } as const;

let broken = false;
const moves = defineProjection("moves", {
  events: [cardMoved],
  tables: { moves: "(id text primary key)" },
  on: {
    "card.moved": async (event, { query, table }) => {
      if (broken) throw new Error("The disk is full");
      await query(`insert into ${table("moves")} values ($1)`, [event.id]);
    },
  },
});

describe("projections over HTTP", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await createTestApi({ projections: { moves } });
    await api.tidings.record(...[1, 2, 3].map((id) => ({ ...aMove(id), account: "acme", actor: ann })));
    await work();
  });
  afterAll(() => api.drop());

  // A busy machine takes its time: `work` returns as soon as everything is handled.
  const work = () => api.tidings.work({ forMs: 100_000 });
  const read = async () => (await api.get("/projections", operator)).json() as Promise<unknown>;
  const rebuild = (name = "moves") => api.post(`/projections/${name}/rebuild`, {}, operator);

  test("tell an operator which version is read, what it fills, and how far it is", async () => {
    expect(await read()).toEqual({
      lastPosition: 3,
      items: [
        {
          name: "moves",
          tables: ["moves"],
          definedVersion: 1,
          live: { version: 1, position: 3, behind: 0, perSecond: null, state: "idle", lastError: null },
          building: null,
        },
      ],
    });
  });

  test("are built anew beside the live one, which stays until the new one is complete", async () => {
    const response = await rebuild();
    expect(response.status).toBe(202);
    const begun = { live: { version: 1, position: 3 }, building: { version: 1, position: 0, behind: 3 } };
    expect(await response.json()).toMatchObject(begun);
    expect(await read()).toMatchObject({ items: [begun] });
    await work();
    expect(await read()).toMatchObject({ items: [{ live: { position: 3, behind: 0 }, building: null }] });
    const [row] = await api.tidings.db.query<{ count: number }>("select count(*)::int as count from moves");
    expect(row!.count).toBe(3);
  });

  test("say why a build stopped, and asking again lets it go on", async () => {
    broken = true;
    await rebuild();
    const stopped = new Promise((resolve) =>
      api.tidings.signals.on(
        "subscription.failed",
        ({ willRetryInMs }) => willRetryInMs === null && resolve(true),
      ),
    );
    await api.tidings.start();
    await stopped;
    expect(await read()).toMatchObject({
      items: [
        {
          live: { position: 3 },
          building: { state: "stopped", lastError: expect.stringContaining("The disk is full") },
        },
      ],
    });
    broken = false;
    expect((await rebuild()).status).toBe(202);
    await api.tidings.projections.rebuild("moves"); // joins it and waits
    expect(await read()).toMatchObject({ items: [{ building: null }] });
    await api.tidings.stop();
  });

  test("that nobody defines are not found", async () => {
    const response = await rebuild("nothing");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "PROJECTION_NOT_FOUND" });
  });

  test("are for operators: they are made from the log of all accounts", async () => {
    for (const role of ["reader", "writer", "service"] as const) {
      expect((await api.get("/projections", { as: { role } })).status).toBe(403);
      expect((await api.post("/projections/moves/rebuild", {}, { as: { role } })).status).toBe(403);
    }
    expect((await api.get("/projections", { as: null })).status).toBe(401);
  });

  test("a parameter that does not exist is refused", async () => {
    expect((await api.get("/projections?account=b", operator)).status).toBe(400);
  });
});
