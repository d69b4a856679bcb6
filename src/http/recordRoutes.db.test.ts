import { afterAll, beforeEach, beforeAll, describe, expect, test } from "vitest";
import { aMove } from "../../test/support/boardEvents.ts";
import { aMoveAsJson, createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { eventSchema } from "./eventRoutes.ts";
import { problemSchema, type Problem } from "./problem.ts";

let api: TestApi;
let account: string;
let counter = 0;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.drop());
beforeEach(() => {
  account = `account-${++counter}`;
});

const record = (
  body: unknown,
  options: { role?: "writer" | "service"; headers?: Record<string, string> } = {},
) => api.post("/events", body, { as: { account, role: options.role ?? "writer" }, headers: options.headers });
const recorded = () => api.tidings.events.count({ account, lanes: ["domain", "client", "system"] });
const problemIn = async (response: Response): Promise<Problem> =>
  problemSchema.strict().parse(await response.json());
const ben = { type: "user", id: "ben", label: "Ben" };

describe("one event", () => {
  test("is recorded as who asks, in the account of who asks", async () => {
    const response = await record({ ...aMoveAsJson(), metadata: { via: "api" } });
    expect(response.status).toBe(201);
    const event = eventSchema.strict().parse(await response.json());
    expect(event).toMatchObject({
      ...aMoveAsJson(),
      version: 3,
      account,
      actor: { type: "user", id: "ann", label: "Ann" },
      onBehalfOf: null,
      metadata: { via: "api" },
    });
    expect(response.headers.get("location")).toBe(`/events/${event.id}`);
    const read = await api.get(response.headers.get("location")!, { as: { account } });
    expect(await read.json()).toEqual(event);
  });

  test.each(["/события", "/a b", "/tïd"])(
    "is answered with an address that can be followed, under %s",
    async (basePath) => {
      const mounted = await createTestApi({ http: { basePath } });
      const response = await mounted.post(`${encodeURI(basePath)}/events`, aMoveAsJson());
      const { id } = eventSchema.parse(await response.json());
      const location = response.headers.get("location")!;
      expect([response.status, location]).toEqual([201, `${encodeURI(basePath)}/events/${id}`]);
      expect((await mounted.get(location)).status).toBe(200);
      const description = (await (await mounted.get(`${encodeURI(basePath)}/openapi.json`)).json()) as object;
      expect(description).toMatchObject({ servers: [{ url: encodeURI(basePath) }] });
      await mounted.drop();
    },
  );

  test("may be named by an older name of its type", async () => {
    const response = await record({ ...aMoveAsJson(), type: "card_moved" });
    expect(await response.json()).toMatchObject({ type: "card.moved" });
  });

  test("with the same Idempotency-Key is recorded once", async () => {
    const send = () => record(aMoveAsJson(), { headers: { "idempotency-key": "k" } });
    const [first, second] = [await (await send()).json(), await (await send()).json()];
    expect(second).toEqual(first);
    expect(await recorded()).toBe(1);
    const other = await record(aMoveAsJson(2), { headers: { "idempotency-key": "k" } });
    expect(await problemIn(other)).toMatchObject({ status: 409, code: "IDEMPOTENCY_CONFLICT" });
    const both = await record(
      { ...aMoveAsJson(), idempotencyKey: "x" },
      { headers: { "idempotency-key": "y" } },
    );
    expect(await problemIn(both)).toMatchObject({ code: "INVALID_REQUEST", path: ["idempotencyKey"] });
  });

  test("meets with its key neither what the app nor what somebody else recorded: whether they have it is not told", async () => {
    const ann = { type: "user", id: "ann", label: "Ann" };
    const metadata = { ip: "10.0.0.7", note: "suspected" };
    const hidden = {
      ...aMove(),
      account,
      actor: ann,
      metadata,
      audience: ["team:security"],
      idempotencyKey: "k",
    };
    await api.tidings.record(hidden);
    const keyed = { ...aMoveAsJson(), idempotencyKey: "k" };
    const other = { ...aMoveAsJson(2), idempotencyKey: "k" };
    const asBen = { as: { account, role: "writer", actor: ben } } as const;
    await api.post("/events", other, asBen);
    for (const body of [keyed, { events: [keyed] }, { atomic: false, events: [keyed] }]) {
      const response = await record(body);
      expect(response.status).toBe(201);
      const text = await response.text();
      expect(text).not.toContain("suspected");
      expect(text).toContain('"metadata":{}');
    }
    // Of its own it is told, by the key that it gave.
    const detail = '"k"';
    for (const role of ["writer", "service"] as const) {
      const refused = await problemIn(await record(other, { role }));
      expect(refused).toMatchObject({ code: "IDEMPOTENCY_CONFLICT", detail });
    }
    expect(await recorded()).toBe(3);
    const [again] = await api.tidings.record(hidden);
    const byService = await record(keyed, { role: "service" });
    expect(await byService.json()).toMatchObject({ id: again.id, metadata });
  });

  test("takes a key as long as keys may be, of whoever has the longest id", async () => {
    const actor = { type: "user", id: "u".repeat(255), label: null };
    const keyed = { ...aMoveAsJson(), idempotencyKey: "k".repeat(255) };
    const as = { account, role: "writer", actor } as const;
    const [first, second] = [
      await api.post("/events", keyed, { as }),
      await api.post("/events", keyed, { as }),
    ];
    expect(await second.json()).toEqual(await first.json());
    const longer = await api.post("/events", { ...keyed, idempotencyKey: "k".repeat(256) }, { as });
    expect(await problemIn(longer)).toMatchObject({ code: "ID_TOO_LONG", path: ["idempotencyKey"] });
  });

  test("may name its cause, within the account", async () => {
    const cause = (await (await record(aMoveAsJson())).json()) as { id: string };
    const effect = await record({ ...aMoveAsJson(), causedBy: cause.id });
    expect(await effect.json()).toMatchObject({ causedBy: { id: cause.id }, causeDepth: 1 });
    const foreign = await api.post(
      "/events",
      { ...aMoveAsJson(), causedBy: cause.id },
      { as: { account: "elsewhere", role: "writer" } },
    );
    expect(await problemIn(foreign)).toMatchObject({ status: 422, code: "CAUSE_NOT_FOUND" });
  });

  test("cannot name as its cause what the writer may not see: it is answered as what does not exist, byte for byte", async () => {
    const common = { account, actor: { type: "user", id: "olga", label: null } };
    const [hidden] = await api.tidings.record({ ...aMove(), ...common, audience: ["admins"] });
    const absent = hidden.id.replace(/^../, "00");
    const answerTo = async (body: (causedBy: string) => object, causedBy: string) => {
      const response = await record(body(causedBy));
      return [response.status, (await response.text()).replaceAll(causedBy, "ID")];
    };
    const one = (causedBy: string) => ({ ...aMoveAsJson(), causedBy });
    for (const body of [
      one,
      (id: string) => ({ ...one(id), idempotencyKey: "k" }),
      (id: string) => ({ events: [aMoveAsJson(), one(id), one(absent), one(id)] }),
      (id: string) => ({ atomic: false, events: [one(id), one(absent)] }),
    ]) {
      const answer = await answerTo(body, hidden.id);
      expect(answer).toEqual(await answerTo(body, absent));
      expect(answer[1]).toContain("CAUSE_NOT_FOUND");
    }
    const asAdmin = { as: { account, role: "writer", audiences: ["admins"] } } as const;
    const effect = await api.post("/events", one(hidden.id), asAdmin);
    expect(await effect.json()).toMatchObject({ causedBy: { id: hidden.id }, causeDepth: 1 });
    const byService = await record(one(hidden.id), { role: "service" });
    expect(byService.status).toBe(201);
  });

  test("is answered without those of its causes that the writer may not see, as it is read", async () => {
    const common = { account, actor: { type: "user", id: "olga", label: null } };
    const [hidden] = await api.tidings.record({ ...aMove(), ...common, audience: ["admins"] });
    const [seen] = await api.tidings.record({ ...aMove(), ...common, causedBy: hidden });
    for (const body of [
      { ...aMoveAsJson(), causedBy: seen.id },
      { events: [{ ...aMoveAsJson(), causedBy: seen.id }] },
      { atomic: false, events: [{ ...aMoveAsJson(), causedBy: seen.id }] },
    ]) {
      const text = await (await record(body)).text();
      expect(text).toContain('"causeDepth":1');
      expect(text).not.toContain(hidden.id);
    }
  });

  const wrong: [string, object, Partial<Problem>][] = [
    [
      "a type that nobody defined",
      { type: "card.eaten" },
      { status: 422, code: "UNKNOWN_TYPE", path: ["type"] },
    ],
    [
      "data that does not fit",
      { data: { position: "x" } },
      { code: "INVALID_DATA", path: ["data", "position"] },
    ],
    ["a role that is missing", { refs: {} }, { code: "INVALID_ENTITY", path: ["refs", "from"] }],
    ["a wrong kind of subject", { subject: ben }, { code: "INVALID_ENTITY", path: ["subject"] }],
    ["an id that is too long", { subject: { type: "card", id: "x".repeat(300) } }, { code: "ID_TOO_LONG" }],
    ["an empty id", { subject: { type: "card", id: "" } }, { code: "INVALID_ENTITY" }],
    ["a NUL", { metadata: { a: "\0" } }, { code: "UNSERIALIZABLE", path: ["metadata", "a"] }],
    ["no subject", { subject: undefined }, { status: 400, code: "INVALID_REQUEST", path: ["subject"] }],
    [
      "a number as id",
      { subject: { type: "card", id: 1 } },
      { code: "INVALID_REQUEST", path: ["subject", "id"] },
    ],
    ["an account of its own choice", { account: "other" }, { code: "INVALID_REQUEST", path: ["account"] }],
    ["a name that does not exist", { subjet: ben }, { code: "INVALID_REQUEST", path: ["subjet"] }],
    [
      "a severity that does not exist",
      { severity: "fatal" },
      { code: "INVALID_REQUEST", path: ["severity"] },
    ],
    ["a cause that is no id", { causedBy: "nobody" }, { code: "CAUSE_NOT_FOUND" }],
    ["too much", { metadata: { a: "x".repeat(70_000) } }, { status: 413, code: "EVENT_TOO_LARGE" }],
  ];
  test.each(wrong)("with %s is refused and says where", async (_what, change, expected) => {
    const response = await record({ ...aMoveAsJson(), ...change });
    const problem = await problemIn(response);
    expect(problem).toMatchObject(expected);
    expect(response.status).toBe(problem.status);
    expect(await recorded()).toBe(0);
  });

  test.each([null, 1, "text", []])("that is %o is refused", async (body) => {
    expect(await problemIn(await record(JSON.stringify(body)))).toMatchObject({ code: "INVALID_REQUEST" });
  });

  test("with thousands of mistakes is told of some", async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`a${index}`, 1]));
    for (const body of [
      { ...aMoveAsJson(), refs: many },
      { ...aMoveAsJson(), ...many },
    ]) {
      const response = await record(body);
      expect(response.status).toBe(400);
      expect((await response.text()).length).toBeLessThan(50_000);
    }
  });

  test("cannot smuggle in a prototype", async () => {
    const text = JSON.stringify(aMoveAsJson()).replace('"data":{', '"data":{"__proto__":{"position":7},');
    const response = await record(text);
    expect(response.status).toBe(201);
    expect(Object.keys(((await response.json()) as { data: object }).data)).toEqual(["position"]);
  });
});

describe("roles", () => {
  test("a reader records nothing", async () => {
    const response = await api.post("/events", aMoveAsJson(), { as: { account, role: "reader" } });
    expect(await problemIn(response)).toMatchObject({ status: 403, code: "FORBIDDEN" });
    expect(await recorded()).toBe(0);
  });

  const forbidden: [string, object, string][] = [
    ["another actor", { actor: ben }, "ACTOR_NOT_ALLOWED"],
    ["another kind of actor with its own id", { actor: { type: "job", id: "ann" } }, "ACTOR_NOT_ALLOWED"],
    ["someone to act for", { onBehalfOf: ben }, "ACTOR_NOT_ALLOWED"],
    ["another time", { occurredAt: "2020-01-01T00:00:00Z" }, "FORBIDDEN"],
    [
      "an event of the system",
      { type: "sync.failed", subject: { type: "board", id: "1" }, refs: {}, data: {} },
      "FORBIDDEN",
    ],
  ];
  test.each(forbidden)("a writer cannot choose %s", async (_what, change, code) => {
    expect(await problemIn(await record({ ...aMoveAsJson(), ...change }))).toMatchObject({
      status: 403,
      code,
    });
    const batch = { events: [aMoveAsJson(), { ...aMoveAsJson(), ...change }] };
    expect(await problemIn(await record(batch))).toMatchObject({ status: 403, code, index: 1 });
    expect(await recorded()).toBe(0);
  });

  test("a writer may name itself, but its label is what the app says", async () => {
    const actor = { type: "user", id: "ann", label: "The King" };
    const response = await record({ ...aMoveAsJson(), actor, onBehalfOf: null });
    expect(await response.json()).toMatchObject({ actor: { type: "user", id: "ann", label: "Ann" } });
  });

  test.each(["service", "operator"] as const)("a %s may choose all of it", async (role) => {
    const chosen = {
      actor: ben,
      onBehalfOf: { type: "user", id: "cem" },
      occurredAt: "2020-01-01T00:00:00+01:00",
    };
    const response = await api.post("/events", { ...aMoveAsJson(), ...chosen }, { as: { account, role } });
    expect(await response.json()).toMatchObject({
      actor: ben,
      onBehalfOf: { type: "user", id: "cem", label: null },
      occurredAt: "2019-12-31T23:00:00.000Z",
    });
    const system = { type: "sync.failed", subject: { type: "board", id: "1" } };
    const failed = await api.post("/events", system, { as: { account, role } });
    expect(await failed.json()).toMatchObject({
      lane: "system",
      severity: "error",
      data: { reason: "unknown" },
      actor: { id: "ann" },
    });
  });
});

describe("a batch", () => {
  const bad = { ...aMoveAsJson(), data: {} };
  const shapeless = { type: "card.moved" };

  test("is recorded in order, with a result for each", async () => {
    const response = await record({ events: [aMoveAsJson(1), aMoveAsJson(2), aMoveAsJson(3)] });
    expect(response.status).toBe(201);
    const { results } = (await response.json()) as {
      results: { ok: boolean; event: { subject: { id: string } } }[];
    };
    expect(results.map(({ ok, event }) => [ok, event.subject.id])).toEqual([
      [true, "1"],
      [true, "2"],
      [true, "3"],
    ]);
    expect(await recorded()).toBe(3);
  });

  test.each([bad, shapeless])("with one bad event reports it by index and records nothing", async (wrong) => {
    const response = await record({ events: [aMoveAsJson(1), aMoveAsJson(2), wrong, aMoveAsJson(4)] });
    expect(await problemIn(response)).toMatchObject({ index: 2 });
    expect(response.ok).toBe(false);
    expect(await recorded()).toBe(0);
  });

  test("with several bad events reports each by index", async () => {
    for (const wrong of [bad, shapeless]) {
      const problem = await problemIn(await record({ events: [wrong, aMoveAsJson(), wrong] }));
      expect(problem).toMatchObject({ status: 422, code: "BATCH_INVALID" });
      expect(problem.errors?.map(({ index }) => index)).toEqual([0, 2]);
    }
    expect(await recorded()).toBe(0);
  });

  test("that is not atomic records the others and says what became of each", async () => {
    const keyed = { ...aMoveAsJson(9), idempotencyKey: "k" };
    const again = { ...aMoveAsJson(8), idempotencyKey: "again" };
    await record({ events: [keyed, again] });
    const response = await record({
      atomic: false,
      events: [shapeless, aMoveAsJson(1), bad, { ...keyed, data: { position: 99 } }, aMoveAsJson(2), again],
    });
    expect(response.status).toBe(207);
    const { results } = (await response.json()) as {
      results: ({ ok: true } | { ok: false; error: Problem })[];
    };
    expect(results.map((result) => (result.ok ? "ok" : [result.error.code, result.error.index]))).toEqual([
      ["INVALID_REQUEST", 0],
      "ok",
      ["INVALID_DATA", 2],
      ["IDEMPOTENCY_CONFLICT", 3],
      "ok",
      "ok",
    ]);
    expect(await recorded()).toBe(4);
  });

  test("that is not atomic and has nothing wrong answers 201", async () => {
    expect((await record({ atomic: false, events: [aMoveAsJson()] })).status).toBe(201);
  });

  test("may hold 1,000 events and no more", async () => {
    const events = Array.from({ length: 1_001 }, (_, index) => aMoveAsJson(index));
    expect(await problemIn(await record({ events }))).toMatchObject({ status: 413, code: "TOO_MANY_EVENTS" });
    expect((await record({ events: events.slice(1) })).status).toBe(201);
    expect(await recorded()).toBe(1_000);
  });

  test.each([
    { events: [] },
    { events: {} },
    { events: [aMoveAsJson()], atomic: "no" },
    { events: [], more: 1 },
  ])("of another shape is refused: %o", async (body) =>
    expect(await problemIn(await record(body))).toMatchObject({ code: "INVALID_REQUEST" }),
  );

  test("takes no Idempotency-Key: it would have to stand for several events", async () => {
    const response = await record({ events: [aMoveAsJson()] }, { headers: { "idempotency-key": "k" } });
    expect(await problemIn(response)).toMatchObject({ code: "INVALID_REQUEST" });
  });
});
