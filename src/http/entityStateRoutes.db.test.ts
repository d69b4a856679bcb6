import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { defineEntity } from "../events/entity.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { sentence } from "../events/sentence.ts";
import { from } from "../events/upcast.ts";
import { createTidings } from "../tidings.ts";

interface ParcelState {
  readonly place: string | null;
  readonly stops: number;
  readonly insuredFor?: number;
}

const user = defineEntity("user");
const parcel = defineEntity("parcel", {
  state: {
    initial: { place: null, stops: 0 } as ParcelState,
    on: {
      "parcel.arrived": ({ stops, ...state }, { data }) => ({
        ...state,
        ...(data as { place: string }),
        stops: stops + 1,
      }),
      "parcel.insured": (state, { data }) => ({ ...state, insuredFor: (data as { cents: number }).cents }),
      "parcel.seen": undefined,
    },
  },
});
const arrived = defineEvent("parcel.arrived", {
  subject: parcel,
  data: z.object({ place: z.string() }),
  sentence: (e) => sentence`${e.subject} arrived in ${e.data.place}`,
});
const insured = defineEvent("parcel.insured", { subject: parcel, data: z.object({ cents: z.int() }) });
const seen = defineEvent("parcel.seen", { subject: parcel, data: z.looseObject({}) });

const actor = user("ann", "Ann");
const service = { as: { role: "service" } } as const;

describeOnDatabases("the state of an entity over HTTP", (open) => {
  let api: TestApi;
  let ids: string[];
  beforeAll(async () => {
    api = await createTestApi({ database: await open(), events: { user, parcel, arrived, insured, seen } });
    const about = { subject: parcel(1, "Books"), actor, account: "acme" };
    const events = [
      await api.tidings.record(arrived({ ...about, data: { place: "Hamburg" } })),
      await api.tidings.record(insured({ ...about, data: { cents: 500 }, audience: ["finance"] })),
      await api.tidings.record(seen({ ...about, data: {} })),
      await api.tidings.record(arrived({ ...about, data: { place: "Berlin" } })),
      await api.tidings.record(arrived({ ...about, account: "b", data: { place: "Paris" } })),
    ];
    ids = events.map((recorded) => recorded[0]!.id);
    await api.number();
  });
  afterAll(() => api.drop());

  const state = async (query = "", options: Parameters<TestApi["get"]>[1] = service) => {
    const response = await api.get(`/entities/parcel/1/state${query}`, options);
    return [response.status, (await response.json()) as Record<string, unknown>] as const;
  };

  test("is what its events add up to, with the last one and what was before it", async () => {
    expect((await state())[1]).toMatchObject({
      state: { place: "Berlin", stops: 2, insuredFor: 500 },
      before: { place: "Hamburg", stops: 1, insuredFor: 500 },
      event: { id: ids[3], text: "Books arrived in Berlin" },
      events: 3,
    });
  });

  test("can be had as of any event, position or time, and before the first one it is the initial one", async () => {
    expect((await state(`?until=${ids[1]}`))[1]).toMatchObject({ events: 2, event: { id: ids[1] } });
    expect((await state("?until=1"))[1]).toMatchObject({
      state: { place: "Hamburg", stops: 1 },
      before: { place: null, stops: 0 },
      events: 1,
    });
    expect((await state("?until=2020-01-01T00:00:00Z"))[1]).toEqual({
      state: { place: null, stops: 0 },
      before: null,
      event: null,
      events: 0,
    });
  });

  test("has a moment for each event that it is made of, oldest first", async () => {
    const response = await api.get("/entities/parcel/1/state/moments", service);
    const { items, complete } = (await response.json()) as { items: { id: string }[]; complete: boolean };
    expect(items.map(({ id }) => id)).toEqual([ids[0], ids[1], ids[3]]);
    expect(complete).toBe(true);
  });

  test("is made of what the one who asks may see, as if there were nothing else", async () => {
    expect((await state("", {}))[1]).toMatchObject({ state: { place: "Berlin", stops: 2 }, events: 2 });
    expect((await state("", {}))[1]["state"]).not.toHaveProperty("insuredFor");
    expect((await state("", { as: { audiences: ["finance"] } }))[1]).toMatchObject({ events: 3 });
    const moments = (await (await api.get("/entities/parcel/1/state/moments")).json()) as {
      items: unknown[];
    };
    expect(moments.items).toHaveLength(2);
    // The hidden event is no moment to ask for: it answers as one that never was.
    const [status, hidden] = await state(`?until=${ids[1]}`, {});
    const [, never] = await state("?until=018f0000-0000-7000-8000-000000000001", {});
    expect([status, hidden["code"]]).toEqual([404, "EVENT_NOT_FOUND"]);
    expect(never["code"]).toBe("EVENT_NOT_FOUND");
  });

  test("is not failed by an event that cannot be read, where that is hidden from who asks", async () => {
    const insuredAnew = defineEvent("parcel.insured", {
      version: 2,
      subject: parcel,
      data: z.object({ euros: z.int() }),
      upcast: { 1: from(z.object({ cents: z.int() }), ({ cents }) => ({ euros: cents / 100 })) },
    });
    const newer = createTidings({ db: api.tidings.db, events: { user, parcel, arrived, insuredAnew } });
    const about = { subject: parcel(2), actor, account: "acme" };
    await newer.record(arrived({ ...about, data: { place: "Hamburg" } }));
    const secret = insuredAnew({ ...about, audience: ["finance"], data: { euros: 5 } });
    const [{ id }] = await newer.record(secret);
    const ask = async (path: string, options: Parameters<TestApi["get"]>[1]) => {
      const response = await api.get(`/entities/parcel/2/state${path}`, options);
      return [response.status, await response.json()] as const;
    };
    for (const path of ["", "?until=2099-01-01T00:00:00Z"])
      expect(await ask(path, {})).toMatchObject([200, { state: { place: "Hamburg" }, events: 1 }]);
    expect(await ask("/moments", {})).toMatchObject([200, { items: [{ type: "parcel.arrived" }] }]);
    const [status, answer] = await ask(`?until=${id}`, {});
    expect([status, (answer as { code: string }).code]).toEqual([404, "EVENT_NOT_FOUND"]);
    const seen = await ask("", { as: { audiences: ["finance"] } });
    expect(seen).toMatchObject([422, { code: "WRONG_VERSION", detail: expect.stringContaining(id) }]);
  });

  test("is that of one's own account, whatever is asked for", async () => {
    const b = { as: { account: "b", role: "service" } } as const;
    expect((await state("", b))[1]).toMatchObject({ state: { place: "Paris", stops: 1 }, events: 1 });
    expect((await state(`?until=${ids[0]}`, b))[1]["code"]).toBe("EVENT_NOT_FOUND");
    expect((await state("?account=acme", b))[0]).toBe(400);
    const nobodys = await api.get("/entities/parcel/1/state", { as: { account: "c" } });
    expect(nobodys.status).toBe(404);
    expect(
      await (await api.get("/entities/parcel/1/state/moments", { as: { account: "c" } })).json(),
    ).toEqual({ defined: true, items: [], complete: true });
  });

  test("of a kind without one says how to have it, and a moment that is none is refused", async () => {
    const response = await api.get("/entities/user/ann/state", service);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      404,
      "STATE_NOT_DEFINED",
    ]);
    // A page asks this first of whatever it shows: no error, which browsers would put into their console.
    const moments = await api.get("/entities/user/ann/state/moments", service);
    expect(await moments.json()).toEqual({ defined: false, items: [], complete: true });
    expect((await state("?until=yesterday"))[0]).toBe(400);
  });

  test("is not sent again to who has it", async () => {
    const first = await api.get("/entities/parcel/1/state", service);
    const headers = { "if-none-match": first.headers.get("etag")! };
    expect((await api.get("/entities/parcel/1/state", { ...service, headers })).status).toBe(304);
  });
});
