import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, cardMoved } from "../../test/support/boardEvents.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";

const operator = { as: { role: "operator" } } as const;
const below = ["reader", "writer", "service"] as const;

describe("subscriptions over HTTP", () => {
  let api: TestApi;
  let healed = false;
  beforeAll(async () => {
    api = await createTestApi();
    api.tidings.subscribe("search", { types: [cardMoved], from: "start", run: () => undefined });
    api.tidings.subscribe("mail", {
      types: [cardMoved],
      from: "start",
      maxAttempts: 1,
      run: () => {
        if (!healed) throw new Error("The mail server is away");
      },
    });
    const moves = [1, 2, 3].map((id) => ({ ...aMove(id), account: "acme", actor: ann }));
    await api.tidings.record(...moves);
    await work();
  });
  afterAll(() => api.drop());

  // A busy machine takes its time: `work` returns as soon as everything is handled.
  const work = () => api.tidings.work({ forMs: 100_000 });
  const read = async (path: string) => (await api.get(path, operator)).json() as Promise<unknown>;

  test("tell an operator how far each is, what it takes, and what its slots do", async () => {
    expect(await read("/subscriptions")).toMatchObject({
      lastPosition: 3,
      items: [
        {
          name: "mail",
          behind: 0,
          waitingMs: 0,
          parked: 3,
          takes: { types: ["card.moved"], lanes: ["domain"], onFailure: "park" },
          slots: [{ slot: 0, position: 3, state: "idle", lastError: null, failingSince: null }],
        },
        { name: "search", parked: 0 },
      ],
    });
  });

  test("list what they set aside page by page, with the error and how often it was tried", async () => {
    const first = (await read("/subscriptions/mail/parked?limit=2")) as { items: unknown[]; next: number };
    expect(first).toMatchObject({
      items: [{ position: 1, type: "card.moved", account: "acme", attempts: 1, retryRequested: false }, {}],
      next: 2,
    });
    expect(first.items[0]).toMatchObject({ error: expect.stringContaining("The mail server is away") });
    const second = await read(`/subscriptions/mail/parked?limit=2&after=${first.next}`);
    expect(second).toMatchObject({ items: [{ position: 3 }], next: null });
  });

  test("try again what was asked for, and say how many that is: some, then all the others", async () => {
    healed = true;
    const some = await api.post("/subscriptions/mail/parked/retry", { positions: [2] }, operator);
    expect([some.status, await some.json()]).toEqual([202, { requested: 1 }]);
    expect(await read("/subscriptions/mail/parked?limit=3")).toMatchObject({
      items: [{ retryRequested: false }, { position: 2, retryRequested: true }, {}],
    });
    await work();
    expect(await read("/subscriptions/mail/parked")).toMatchObject({
      items: [{ position: 1 }, { position: 3 }],
    });
    expect(await (await api.post("/subscriptions/mail/parked/retry", {}, operator)).json()).toEqual({
      requested: 2,
    });
    await work();
    expect(await read("/subscriptions/mail/parked")).toEqual({ items: [], next: null });
  });

  test("are the operator's alone: nobody else sees or changes any, nor learns which there are", async () => {
    for (const role of below) {
      const as = { role };
      expect((await api.get("/subscriptions", { as })).status).toBe(403);
      for (const name of ["mail", "unknown"]) {
        expect((await api.get(`/subscriptions/${name}/parked`, { as })).status).toBe(403);
        expect((await api.post(`/subscriptions/${name}/parked/retry`, {}, { as })).status).toBe(403);
        expect((await api.post(`/subscriptions/${name}/resume`, {}, { as })).status).toBe(403);
      }
    }
  });

  test("refuse names that are none, and what is no position, limit or body", async () => {
    const codeOf = async (answer: Promise<Response>) =>
      ((await (await answer).json()) as { code: string }).code;
    expect(await codeOf(api.get("/subscriptions/nobody/parked", operator))).toBe("SUBSCRIPTION_NOT_FOUND");
    expect(await codeOf(api.post("/subscriptions/nobody/parked/retry", {}, operator))).toBe(
      "SUBSCRIPTION_NOT_FOUND",
    );
    for (const name of ["nobody", "%00"])
      expect(await codeOf(api.post(`/subscriptions/${name}/resume`, {}, operator))).toBe(
        "SUBSCRIPTION_NOT_FOUND",
      );
    for (const query of ["limit=0", "limit=201", "after=x", "more=1"])
      expect(await codeOf(api.get(`/subscriptions/mail/parked?${query}`, operator))).toBe("INVALID_REQUEST");
    for (const body of [{ positions: [] }, { positions: [-1] }, { all: true }])
      expect(await codeOf(api.post("/subscriptions/mail/parked/retry", body, operator))).toBe(
        "INVALID_REQUEST",
      );
  });
});

describe("a stopped subscription over HTTP", () => {
  test("says where and why, and goes on from there when it is resumed", async () => {
    const api = await createTestApi();
    const { signals } = api.tidings;
    let healed = false;
    api.tidings.subscribe("strict", {
      from: "start",
      maxAttempts: 1,
      onFailure: "stop",
      run: () => {
        if (!healed) throw new Error("Stopped here");
      },
    });
    await api.tidings.record({ ...aMove(), account: "acme", actor: ann });
    const stopped = new Promise((resolve) => signals.on("subscription.stopped", resolve));
    await api.tidings.start();
    await stopped;
    const { items } = (await (await api.get("/subscriptions", operator)).json()) as {
      items: { waitingMs: number }[];
    };
    expect(items).toMatchObject([
      {
        name: "strict",
        behind: 1,
        takes: { types: null, onFailure: "stop" },
        slots: [{ state: "stopped", position: 0, lastError: expect.stringContaining("Stopped here") }],
      },
    ]);
    expect(items[0]!.waitingMs).toBeGreaterThan(0);

    healed = true;
    const handled = new Promise((resolve) => signals.on("subscription.handled", resolve));
    expect((await api.post("/subscriptions/strict/resume", {}, operator)).status).toBe(200);
    expect(await handled).toMatchObject({ name: "strict", position: 1 });
    await api.drop();
  });
});
