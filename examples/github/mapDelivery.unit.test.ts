import icons from "lucide-react/dynamicIconImports.mjs";
import { expect, test } from "vitest";
import { createRegistry } from "../../src/events/registry.ts";
import * as events from "./events.ts";
import { exampleDeliveries } from "./exampleDeliveries.ts";
import { mapDelivery } from "./mapDelivery.ts";

const deliveries = exampleDeliveries();

test("the package still has the payloads that this example was written for", () => {
  expect(deliveries.length).toBe(329);
});

test("each payload gives at least one event of its own type", () => {
  const unmapped = deliveries.filter((delivery) => {
    const mapped = mapDelivery(delivery);
    return mapped.length === 0 || mapped.some(({ type }) => type === "delivery.received");
  });
  expect(unmapped.map(({ id }) => id)).toEqual([]);
});

test("an action or an event that GitHub adds tomorrow is kept by its name", () => {
  const { payload } = deliveries.find(({ event }) => event === "issues")!;
  expect(mapDelivery({ id: "1", event: "issues", payload: { ...payload, action: "typed" } })).toMatchObject([
    { type: "delivery.received", account: "Codertocat", data: { event: "issues", action: "typed" } },
  ]);
  expect(mapDelivery({ id: "2", event: "toString", payload })).toMatchObject([
    { type: "delivery.received", data: { event: "toString", action: "edited" } },
  ]);
});

test("a merged pull request is not only closed", () => {
  const closed = deliveries.find(
    ({ event, payload }) => event === "pull_request" && actionOf(payload) === "closed",
  )!;
  const { pull_request } = closed.payload as { pull_request: object };
  const payload = { ...closed.payload, pull_request: { ...pull_request, merged: true } };
  expect(mapDelivery(closed)).toMatchObject([{ type: "pull_request.closed" }]);
  expect(mapDelivery({ ...closed, payload })).toMatchObject([{ type: "pull_request.merged" }]);
});

test("each page of a wiki is an event with a key of its own", () => {
  const changed = deliveries.find(({ event }) => event === "gollum")!;
  const { pages } = changed.payload as { pages: object[] };
  const payload = {
    ...changed.payload,
    pages: [...pages, { ...pages[0], page_name: "Setup", action: "created" }],
  };
  expect(mapDelivery({ ...changed, payload })).toMatchObject([
    { type: "wiki_page.edited", idempotencyKey: `github:${changed.id}:0` },
    { type: "wiki_page.created", idempotencyKey: `github:${changed.id}:1` },
  ]);
});

test("every icon is one that Lucide has", () => {
  const registry = createRegistry(events);
  const named = [...registry.types, ...[...registry.entities.values()].map(({ options }) => options)];
  const unknown = named.map(({ icon }) => icon).filter((icon) => icon !== undefined && !(icon in icons));
  expect(unknown).toEqual([]);
});

function actionOf(payload: object): unknown {
  return "action" in payload ? payload.action : undefined;
}
