import { AssertionError } from "node:assert";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aMove, ann, card, cardMoved, commentAdded, events } from "../../test/support/boardEvents.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { captureWebhooks, type WebhookCapture } from "./captureWebhooks.ts";
import { createTestTidings, type TestTidings } from "./createTestTidings.ts";
import { expectDelivered } from "./expectDelivered.ts";
import { expectEnqueued } from "./expectEnqueued.ts";

/** Whose ids go out in another form, and whose form cannot be made of what is in that form already. */
const ticket = defineEntity("ticket", {
  publicId: (id) => {
    if (!/^[0-9]+$/.test(id)) throw new Error("not a number");
    return `tic_${id}`;
  },
});
const ticketOpened = defineEvent("ticket.opened", { subject: ticket });

let tidings: TestTidings;
let capture: WebhookCapture;
let endpoint: string;
beforeAll(async () => {
  capture = await captureWebhooks({ answer: ({ body }) => (body.includes("Card 13") ? 500 : 200) });
  tidings = await createTestTidings({
    events: { ...events, ticketOpened },
    account: "acme",
    actor: ann,
    webhooks: { secretKey: Buffer.alloc(32, 3).toString("base64"), allowAddresses: ["127.0.0.1"] },
  });
  const created = await tidings.webhooks.endpoints.create({
    url: capture.url,
    types: ["card.moved", "ticket.opened"],
  });
  endpoint = created.endpoint.id;
  capture.trust(created.secret);
  await tidings.start();
});
afterAll(async () => {
  await tidings.close();
  await capture.close();
});

const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(() => undefined).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AssertionError);
  return (error as AssertionError).message;
};

describe("expectDelivered and expectEnqueued", () => {
  test("pass with what reached the endpoint, and return it", async () => {
    await tidings.record(aMove(1), aMove(2));
    const request = await capture.next();
    expect(request).toMatchObject({ verdict: "ok", json: { type: "card.moved" } });
    const all = await expectDelivered(tidings, cardMoved, { endpoint, times: 2 });
    expect(all.map(({ state, status }) => [state, status])).toEqual([
      ["delivered", 200],
      ["delivered", 200],
    ]);
    const [second] = await expectDelivered(tidings, cardMoved, { subject: card(2), times: 1 });
    expect(second!.id).toBe(all[1]!.id);
    expect(await expectEnqueued(tidings, cardMoved, { times: 2 })).toHaveLength(2);
  });

  test("tell a delivery that was made from one that arrived", async () => {
    await tidings.record(aMove(13));
    const [made] = await expectEnqueued(tidings, cardMoved, { subject: card(13) });
    await capture.next();
    await capture.next();
    const message = await failureOf(expectDelivered(tidings, cardMoved, { subject: card(13), withinMs: 50 }));
    expect(message).toContain("Expected at least one card.moved about card:13 to be delivered, found 0");
    expect(message).toContain(made!.id);
  });

  test("take a subject by the app's own id and by the one that receivers see, and print which there are", async () => {
    await tidings.record(ticketOpened({ subject: ticket(77, "Printer") }));
    const [own] = await expectDelivered(tidings, ticketOpened, { subject: ticket(77), times: 1 });
    const [seen] = await expectDelivered(tidings, ticketOpened, {
      subject: { type: "ticket", id: "tic_77" },
    });
    expect(own).toMatchObject({ id: seen!.id, subject: { type: "ticket", id: "tic_77", label: "Printer" } });
    const other = { subject: ticket(78), withinMs: 0 };
    const message = await failureOf(expectEnqueued(tidings, ticketOpened, other));
    expect(message).toContain("about ticket:78 to be enqueued, found 0");
    expect(message).toContain(`${own!.id} about ticket:tic_77 for ${endpoint}`);
  });

  test("fail for another endpoint, another number, another type, and say what there is", async () => {
    const never = endpoint.replace(/_.{8}/, "_00000000");
    const within = { withinMs: 50 };
    expect(await failureOf(expectEnqueued(tidings, cardMoved, { endpoint: never, ...within }))).toContain(
      never,
    );
    expect(await failureOf(expectEnqueued(tidings, cardMoved, { times: 9, ...within }))).toContain(
      "Expected 9",
    );
    const nothing = await failureOf(expectDelivered(tidings, commentAdded, within));
    expect(nothing).toContain("there is no delivery of this type");
    await expectEnqueued(tidings, commentAdded, { times: 0 });
    await failureOf(expectEnqueued(tidings, cardMoved, { times: 0 }));
  });
});

describe("captureWebhooks", () => {
  test("keeps what arrived in order, and gives each request to one call of next", async () => {
    await using own = await captureWebhooks();
    const [first, second] = [own.next(), own.next()];
    await fetch(own.url, { method: "POST", body: "one" });
    await fetch(own.url, { method: "POST", body: "two" });
    expect([(await first).body.toString(), (await second).body.toString()]).toEqual(["one", "two"]);
    expect(own.received.map(({ number, verdict }) => [number, verdict])).toEqual([
      [1, "unsigned"],
      [2, "unsigned"],
    ]);
  });

  test("waits as long as it takes, where it is told so", async () => {
    await using own = await captureWebhooks();
    const waits = vi.spyOn(globalThis, "setTimeout");
    const arrived = own.next({ withinMs: Infinity });
    expect(waits.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    waits.mockRestore();
    await fetch(own.url, { method: "POST", body: "late" });
    expect((await arrived).body.toString()).toBe("late");
  });

  test("answers, hangs up or stays silent as it is told", async () => {
    const answers = [
      { status: 503, headers: { "retry-after": "7" }, body: "later" },
      "reset",
      "timeout",
    ] as const;
    await using own = await captureWebhooks({ answer: ({ number }) => answers[number - 1]! });
    const later = await fetch(own.url, { method: "POST" });
    expect([later.status, later.headers.get("retry-after"), await later.text()]).toEqual([503, "7", "later"]);
    await expect(fetch(own.url, { method: "POST" })).rejects.toThrow();
    const silent = new AbortController();
    const asked = fetch(own.url, { method: "POST", signal: silent.signal });
    await own.next();
    await own.next();
    await own.next();
    silent.abort();
    await expect(asked).rejects.toThrow("abort");
  });

  test("says what came when nothing more comes, and that call counts for nothing", async () => {
    await using own = await captureWebhooks();
    expect(await failureOf(own.next({ withinMs: 10 }))).toBe(
      "No webhook arrived within 10 ms. Nothing came before.",
    );
    await fetch(own.url, { method: "POST", body: "one" });
    expect((await own.next()).body.toString()).toBe("one");
  });
});
