import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, cardMoved, noteTaken, card } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { messagesIn } from "../../test/support/liveClient.ts";
import { aMoveAsJson, createTestApi, type TestApi } from "../../test/support/testApi.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Identity } from "./identity.ts";

const keys = ["user:ann", "user:ben", "team:1", "admins"];
const people = ["ann", "ben", "cat"];
const accounts = ["a", "b"];

const draft = fc
  .record({
    account: fc.constantFrom(...accounts),
    id: fc.constantFrom("1", "2"),
    note: fc.boolean(),
    audience: fc.option(fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 2 }), {
      freq: 2,
    }),
  })
  .map(({ account, id, note, audience }) => ({
    ...(note ? noteTaken({ subject: card(id), data: {} }) : aMove(id)),
    account,
    audience,
    actor: ann,
  }));

const reader: fc.Arbitrary<Partial<Identity>> = fc
  .record({
    account: fc.constantFrom(...accounts),
    id: fc.constantFrom(...people),
    role: fc.constantFrom("reader" as const, "writer" as const),
    audiences: fc.option(fc.subarray(keys.slice(2)), { nil: undefined }),
  })
  .map(({ id, ...identity }) => ({ ...identity, actor: { type: "user", id, label: null } }));

describeOnDatabases("visibility over HTTP", (open, { name }) => {
  let api: TestApi;
  let recorded: RecordedEvent[];
  beforeAll(async () => {
    api = await createTestApi({ database: await open() });
    recorded = await api.tidings.record(...fc.sample(draft, { numRuns: 120, seed: 7 }));
    await api.number();
  }, 60_000);
  afterAll(() => api.drop());

  /** In the order of the log. */
  const seenBy = ({ account, actor, audiences = [] }: Partial<Identity>) =>
    recorded.filter(
      (event) =>
        event.account === account &&
        (event.audience?.some((key) => [`user:${actor!.id}`, ...audiences].includes(key)) ?? true),
    );
  const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id);

  async function read<Body>(path: string, as: Partial<Identity>): Promise<Body> {
    const response = await api.get(path, { as });
    expect(response.status).toBe(200);
    return (await response.json()) as Body;
  }

  test("nobody reads, counts, opens or is streamed what is not for them, and all else they do", async () => {
    await fc.assert(
      fc.asyncProperty(reader, fc.constantFrom("", "&types=card.moved"), async (as, types) => {
        const all = seenBy(as).filter(({ type }) => types === "" || type === "card.moved");
        const newestFirst = idsOf(all).reverse();
        for (const path of ["/feed?limit=200", "/events?limit=200", "/timeline/user/ann?limit=200"]) {
          const page = await read<{ items: { id: string }[] }>(path + types, as);
          expect(idsOf(page.items)).toEqual(newestFirst);
        }
        expect(await read(`/events/count?${types}`, as)).toEqual({ count: all.length });
        for (const event of recorded) {
          const { status } = await api.get(`/events/${event.id}`, { as });
          expect(status).toBe(seenBy(as).includes(event) ? 200 : 404);
        }
        const response = await api.get(`/live?after=0${types}`, { as });
        const streamed: string[] = [];
        if (all.length > 0) {
          for await (const { data } of messagesIn(response)) {
            if (data) streamed.push((data as unknown as { id: string }).id);
            if (streamed.length === all.length) break;
          }
        } else await response.body!.cancel();
        expect(streamed).toEqual(idsOf(all));
      }),
      { numRuns: name === "pglite" ? 5 : 15, interruptAfterTimeLimit: 30_000 },
    );
  });

  test("who else may see an event is not told to a viewer", async () => {
    const event = recorded.find(({ audience }) => audience?.length === 2 && audience.includes("user:ann"))!;
    const actor = { type: "user", id: "ann", label: null };
    const as = { account: event.account, actor };
    expect(await read(`/events/${event.id}`, as)).toMatchObject({ audience: ["user:ann"] });
    expect(await read(`/events/${event.id}`, { ...as, role: "service" })).toMatchObject({
      audience: event.audience,
    });
  });

  test.each(["reader", "writer"] as const)("a %s cannot read as somebody else", async (role) => {
    const as = { account: "a", role };
    for (const path of ["/feed", "/timeline/card/1", "/events", "/events/count", "/events/x", "/live"]) {
      for (const query of ["viewer=user:ben", "audiences=admins", "viewer=user:ann"]) {
        const response = await api.get(`${path}?${query}`, { as });
        expect(response.status).toBe(403);
        expect(await response.json()).toMatchObject({ code: "FORBIDDEN" });
      }
    }
  });

  test("audiences that cannot be are the app's mistake, not the client's", async () => {
    const failed: unknown[] = [];
    const stop = api.tidings.signals.on("http.failed", ({ error }) => failed.push(error));
    const tooMany = Array.from({ length: 501 }, (_, index) => `team:${index}`);
    for (const audiences of [tooMany, ["x".repeat(300)]]) {
      for (const path of ["/feed", "/events/count", "/live"]) {
        const response = await api.get(path, { as: { account: "a", audiences } });
        expect(response.status).toBe(500);
        expect(await response.json()).toMatchObject({ code: "INVALID_IDENTITY" });
      }
    }
    stop();
    expect(failed).toHaveLength(6);
    expect(failed[0]).toMatchObject({
      detail: "audiences must be a list of at most 500 keys",
      path: ["audiences"],
    });
  });

  test.each(["service", "operator"] as const)("the %s sees everything, or as whom it names", async (role) => {
    const as = { account: "a", role };
    const count = async (query: string) =>
      (await read<{ count: number }>(`/events/count?${query}`, as)).count;
    const ben = { account: "a", actor: { type: "user", id: "ben", label: null } };
    expect(await count("")).toBe(recorded.filter(({ account }) => account === "a").length);
    expect(await count("viewer=user:ben")).toBe(seenBy(ben).length);
    const more = { ...ben, audiences: ["admins", "team:1"] };
    expect(await count("viewer=user:ben&audiences=admins,team:1")).toBe(seenBy(more).length);
    for (const query of ["viewer=ben", "viewer=:ben", "audiences=admins"]) {
      expect((await api.get(`/events?${query}`, { as })).status).toBe(400);
    }
  });

  test("a client says for whom an event is only as a service", async () => {
    const given = { ...aMoveAsJson("new"), audience: ["user:ben"] };
    expect((await api.post("/events", given, { as: { account: "c", role: "writer" } })).status).toBe(403);
    const response = await api.post("/events", given, { as: { account: "c", role: "service" } });
    expect(await response.json()).toMatchObject({ audience: ["user:ben"], type: cardMoved.type });
    const { count } = await read<{ count: number }>("/events/count", { account: "c" });
    expect(count).toBe(0);
  });
});
