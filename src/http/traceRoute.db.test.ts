import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, ben, card, noteTaken } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";
import { captureWebhooks } from "../testing/captureWebhooks.ts";
import type { Identity } from "./identity.ts";

interface Traced {
  readonly event: { readonly id: string; readonly causedBy: { readonly id: string } | null };
  readonly item: { readonly id: string; readonly text: string };
}
interface Effect extends Traced {
  readonly effects: readonly Effect[];
}
interface Trace extends Effect {
  readonly position: number | null;
  readonly causes: readonly Traced[];
  readonly truncated: boolean;
  readonly timelines: readonly { readonly type: string; readonly id: string }[];
  readonly subscriptions: readonly { readonly name: string; readonly state: string }[] | null;
  readonly deliveries:
    readonly { readonly state: string; readonly history: readonly { readonly status: number }[] }[] | null;
}

describeOnDatabases("the trace over HTTP", (open) => {
  let api: TestApi;
  let receiver: Awaited<ReturnType<typeof captureWebhooks>>;
  beforeAll(async () => {
    receiver = await captureWebhooks();
    const secretKey = Buffer.alloc(32, "key").toString("base64");
    const webhooks = { secretKey, allowAddresses: ["127.0.0.1"] };
    api = await createTestApi({ database: await open(), webhooks });
    api.tidings.subscribe("search", { types: ["card.moved"], from: "start", run: () => undefined });
    api.tidings.subscribe("notes", {
      types: ["note.taken"],
      from: "start",
      maxAttempts: 1,
      run: () => Promise.reject(new Error("no paper")),
    });
  }, 60_000);
  afterAll(async () => {
    await api.drop();
    await receiver[Symbol.asyncDispose]();
  });

  async function trace(id: string, as: Partial<Identity> = {}): Promise<Trace> {
    const response = await api.get(`/events/${id}/trace`, { as });
    expect(response.status).toBe(200);
    return (await response.json()) as Trace;
  }

  test("explains an event: causes, effects, timelines, who has read it, and deliveries with attempts", async () => {
    const { endpoints } = api.tidings.webhooks;
    await endpoints.create({ url: receiver.url, types: ["card.*"] }, { account: "acme" });
    const common = { account: "acme", actor: ann };
    const [cause] = await api.tidings.record({ ...aMove(1), ...common });
    const note = noteTaken({ subject: card(1), data: {} });
    const [effect] = await api.tidings.record({ ...note, ...common, causedBy: cause });
    await api.tidings.work({ forMs: 20_000 });

    const ofCause = await trace(cause.id, { role: "operator" });
    expect(ofCause).toMatchObject({
      event: { id: cause.id },
      item: { id: cause.id, text: "Ann moved Card 1 from To do to Done" },
      position: 1,
      causes: [],
      effects: [{ event: { id: effect.id }, item: { id: effect.id }, effects: [] }],
      truncated: false,
      subscriptions: [
        { name: "search", state: "done" },
        { name: "webhooks", state: "done" },
      ],
      deliveries: [{ state: "delivered", type: "card.moved", history: [{ number: 1, status: 200 }] }],
    });
    expect(ofCause.timelines.map(({ type, id }) => `${type}:${id}`).sort()).toEqual([
      "card:1",
      "column:done",
      "column:todo",
      "user:ann",
    ]);
    expect(ofCause.deliveries![0], "the message is a request of its own").not.toHaveProperty("content");

    const ofEffect = await trace(effect.id, { role: "operator" });
    expect(ofEffect.causes).toMatchObject([{ event: { id: cause.id }, item: { id: cause.id } }]);
    expect(ofEffect.subscriptions).toContainEqual({ name: "notes", state: "parked" });
    expect(ofEffect.deliveries).toEqual([]);

    expect((await trace(cause.id)).deliveries, "for a reader").toBeNull();
    const as = { role: "service" } as const;
    const deliveries = await api.get(`/webhooks/deliveries?event=${cause.id}`, { as });
    expect(await deliveries.json()).toMatchObject({ items: [{ type: "card.moved" }], older: null });
    expect((await api.get("/webhooks/deliveries?event=1", { as })).status).toBe(400);
  });

  test("a reader sees no more of a chain than it may, and not who else reads the log", async () => {
    const common = { account: "acme", actor: ann };
    const [first] = await api.tidings.record({ ...aMove(2), ...common });
    const [hidden] = await api.tidings.record({ ...aMove(2), ...common, causedBy: first, audience: [ben] });
    const [last] = await api.tidings.record({ ...aMove(2), ...common, causedBy: hidden });
    const seen = await trace(last.id);
    expect(seen.causes.map(({ event }) => event.id)).toEqual([first.id]);
    expect(seen.event.causedBy).toMatchObject({ id: first.id });
    expect((await trace(first.id)).effects).toMatchObject([{ event: { id: last.id }, effects: [] }]);
    expect(seen.subscriptions).toBeNull();
    expect(JSON.stringify(seen)).not.toContain(hidden.id);
    expect((await api.get(`/events/${hidden.id}/trace`)).status).toBe(404);
    expect((await trace(hidden.id, { actor: ben })).effects).toMatchObject([{ event: { id: last.id } }]);
    const asBen = await api.get(`/events/${hidden.id}/trace?viewer=user:ben`, { as: { role: "service" } });
    expect(asBen.status).toBe(200);
    expect((await api.get(`/events/${last.id}/trace?viewer=user:ben`)).status).toBe(403);
  });

  test("an event of another account is answered like one that never was", async () => {
    const [{ id }] = await api.tidings.record({ ...aMove(3), account: "globex", actor: ann });
    const answers = await Promise.all(
      [id, id.replace(/^../, "00")].map(async (each) => {
        const response = await api.get(`/events/${each}/trace`, { as: { role: "operator" } });
        return [response.status, (await response.text()).replaceAll(each, "ID")];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]![0]).toBe(404);
  });
});

test("without webhooks there are no deliveries to tell of", async () => {
  const api = await createTestApi();
  const [{ id }] = await api.tidings.record({ ...aMove(1), account: "acme", actor: ann });
  expect(await (await api.get(`/events/${id}/trace`)).json()).toMatchObject({
    deliveries: null,
    position: null,
  });
  await api.drop();
});
