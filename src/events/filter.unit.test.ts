import { describe, expect, test } from "vitest";
import { ann, card, cardMoved, events } from "../../test/support/boardEvents.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { normalFilter, type EventFilter } from "./filter.ts";
import type { PageRequest } from "./page.ts";
import { createRegistry } from "./registry.ts";

const registry = createRegistry(events);
const normal = (filter: EventFilter) => normalFilter(filter, "acme", registry);
const many = Array.from({ length: 51 }, (_, index) => `card:${index}`);

describe("a filter that cannot match is refused before any SQL, with its field", () => {
  const cases: [string, object, string][] = [
    ["no types", { types: [] }, "types"],
    ["no categories", { categories: [] }, "categories"],
    ["a category in the form of types", { categories: ["card.*"] }, "categories"],
    ["a type as a category", { categories: ["card.moved"] }, "categories"],
    ["no actors", { actors: [] }, "actors"],
    ["no subjects", { subjects: [] }, "subjects"],
    ["no subject types", { subjectTypes: [] }, "subjectTypes"],
    ["no lanes", { lanes: [] }, "lanes"],
    ["no severities", { severities: [] }, "severities"],
    ["no entities", { of: [] }, "of"],
    ["too many values", { subjects: many }, "subjects"],
    ["a text for a list", { types: "card.moved" }, "types"],
    ["an unknown lane", { lanes: ["fast"] }, "lanes"],
    ["an unknown severity", { severities: ["fatal"] }, "severities"],
    ["an entity without id", { of: "card" }, "of"],
    ["an entity with an empty id", { of: "card:" }, "of"],
    ["an entity of a hostile kind", { subjects: ["Card'; --:1"] }, "subjects"],
    ["an entity that is too long", { actors: [`user:${"x".repeat(256)}`] }, "actors"],
    ["an entity that is a number", { of: 5 }, "of"],
    ["an empty type", { types: [""] }, "types"],
    ["a type with a NUL before a colon", { types: ["\0:x"] }, "types"],
    ["a kind with a NUL before a colon", { subjectTypes: ["a\0:x"] }, "subjectTypes"],
    ["an id with a NUL before a colon", { of: { type: "card", id: "a\0:x" } }, "of"],
    ["an id that is too long before a colon", { of: { type: "card", id: `${"x".repeat(256)}:x` } }, "of"],
    ["a time that is none", { since: new Date(Number.NaN) }, "since"],
    ["a time as text", { until: "2026-01-01" }, "until"],
    ["a time before 1970", { since: new Date(-1) }, "since"],
    ["a misspelt field", { type: ["card.moved"] }, "type"],
    ["an end before its beginning", { since: new Date(2), until: new Date(1) }, "since"],
  ];
  test.each(cases)("%s", async (_what, filter, field) => {
    const { db, statements } = downDatabase();
    const tidings = createTidings({ db, events, account: "acme" });
    const refused = { code: "INVALID_FILTER", path: [field] };
    await expect(tidings.events.list(filter)).rejects.toMatchObject(refused);
    await expect(tidings.events.count(filter)).rejects.toMatchObject(refused);
    await expect(tidings.feed(filter)).rejects.toMatchObject(refused);
    expect(statements).toEqual([]);
  });
});

describe("a page that cannot be is refused before any SQL", () => {
  const cursor = "018f0000-0000-7000-8000-000000000001";
  const cases: [string, PageRequest, string][] = [
    ["limit 0", { limit: 0 }, "INVALID_FILTER"],
    ["limit 201", { limit: 201 }, "INVALID_FILTER"],
    ["half a limit", { limit: 1.5 }, "INVALID_FILTER"],
    ["both directions", { before: cursor, after: cursor }, "INVALID_CURSOR"],
    ["a cursor that no page gave", { before: "1' or true --" }, "INVALID_CURSOR"],
    ["an empty cursor", { after: "" }, "INVALID_CURSOR"],
  ];
  test.each(cases)("%s", async (_what, page, code) => {
    const { db, statements } = downDatabase();
    const tidings = createTidings({ db, events, account: "acme" });
    await expect(tidings.events.list(page)).rejects.toMatchObject({ code });
    await expect(tidings.feed(page)).rejects.toMatchObject({ code });
    await expect(tidings.timeline(card(1), page)).rejects.toMatchObject({ code });
    expect(statements).toEqual([]);
  });
});

describe("what a query takes no notice of is refused by name, before any SQL", () => {
  const id = "018f0000-0000-7000-8000-000000000001";
  const zone = { timeZone: "UTC" };
  const reader = "user:ann";
  const at = { by: "type", bucket: "day" } as const;
  // As a caller without a compiler would.
  const given = (query: object) => query as never;
  const cases: [string, (tidings: Tidings) => Promise<unknown>, string][] = [
    ["list({ locale })", ({ events }) => events.list(given({ locale: "de" })), "locale"],
    ["list({ reader })", ({ events }) => events.list(given({ reader })), "reader"],
    ["list(definition, { types })", ({ events }) => events.list(cardMoved, given({ types: ["*"] })), "types"],
    ["count({ limit })", ({ events }) => events.count(given({ limit: 5 })), "limit"],
    [
      "count(definition, { before })",
      ({ events }) => events.count(cardMoved, given({ before: id })),
      "before",
    ],
    [
      "count(definition, { types })",
      ({ events }) => events.count(cardMoved, given({ types: ["*"] })),
      "types",
    ],
    ["read({ before })", ({ events }) => events.read(given({ before: id })), "before"],
    ["get(id, { of })", ({ events }) => events.get(id, given({ of: card(1) })), "of"],
    ["trace(id, { limit })", ({ events }) => events.trace(id, given({ limit: 5 })), "limit"],
    ["latest(of, { before })", ({ events }) => events.latest(card(1), given({ before: id })), "before"],
    ["latest(of, { types })", ({ events }) => events.latest(card(1), given({ types: ["*"] })), "types"],
    [
      "latest(of, definition, { since })",
      ({ events }) => events.latest(card(1), cardMoved, given({ since: new Date() })),
      "since",
    ],
    ["feed({ timeZone })", (tidings) => tidings.feed(given(zone)), "timeZone"],
    ["timeline(entity, { of })", (tidings) => tidings.timeline(card(1), given({ of: card(2) })), "of"],
    ["groupedFeed({ feed })", (tidings) => tidings.groupedFeed(given({ feed: "a" })), "feed"],
    ["group(id, { after })", (tidings) => tidings.group(id, given({ after: id })), "after"],
    ["days({ after })", (tidings) => tidings.days(given({ ...zone, after: id })), "after"],
    ["facets({ limit })", (tidings) => tidings.facets(given({ limit: 5 })), "limit"],
    ["unread({ limit })", (tidings) => tidings.unread(given({ reader, limit: 5 })), "limit"],
    ["stats.events({ of })", ({ stats }) => stats.events(given({ ...at, of: card(1) })), "of"],
    ["stats.types({ since })", ({ stats }) => stats.types(given({ since: new Date() })), "since"],
    ["entities.search({ of })", ({ entities }) => entities.search(given({ of: card(1) })), "of"],
    [
      "entities.overview(of, { lanes })",
      ({ entities }) => entities.overview(card(1), given({ lanes: ["domain"] })),
      "lanes",
    ],
    ["live({ limit })", (tidings) => tidings.live(given({ limit: 5 })).next(), "limit"],
  ];
  test.each(cases)("%s", async (_call, ask, name) => {
    const { db, statements } = downDatabase();
    const tidings = createTidings({ db, events, account: "acme" });
    await expect(ask(tidings)).rejects.toMatchObject({ code: "INVALID_FILTER", path: [name] });
    expect(statements).toEqual([]);
  });
});

test("no account is refused by every read", async () => {
  const tidings = createTidings({ db: downDatabase().db, events });
  const refused = { code: "ACCOUNT_MISSING" };
  await expect(tidings.events.list()).rejects.toMatchObject(refused);
  await expect(tidings.events.count()).rejects.toMatchObject(refused);
  await expect(tidings.events.get("x")).rejects.toMatchObject(refused);
  await expect(tidings.events.latest(card(1))).rejects.toMatchObject(refused);
  await expect(tidings.feed()).rejects.toMatchObject(refused);
  await expect(tidings.timeline(card(1))).rejects.toMatchObject(refused);
});

test("a filter says nothing of what it leaves open, and means the domain lane", () => {
  expect(normal({})).toEqual({
    account: "acme",
    of: null,
    types: null,
    actors: null,
    subjects: null,
    subjectTypes: null,
    lanes: ["domain"],
    severities: null,
    kinds: null,
    since: null,
    until: null,
    audiences: null,
  });
});

test("types, patterns, categories and older names come to the stored names", () => {
  expect(normal({ types: [cardMoved] }).types).toEqual(["card.moved", "card_moved"]);
  expect(normal({ types: ["card_moved", "note.taken"] }).types).toEqual([
    "card.moved",
    "card_moved",
    "note.taken",
  ]);
  expect(normal({ types: ["card.*"] }).types).toEqual(normal({ categories: ["card"] }).types);
  expect(normal({ types: ["*"] }).types).toBeNull();
  expect(normal({ types: ["card.moved", "note.taken"], categories: ["note"] }).types).toEqual(["note.taken"]);
  expect(normal({ types: ["card.moved"], categories: ["note"] }).types).toEqual([]);
});

test("entities may be references or texts, one or several", () => {
  expect(normal({ of: card(1) }).of).toEqual(["card:1"]);
  expect(normal({ of: [card(1), "user:a:b"] }).of).toEqual(["card:1", "user:a:b"]);
  expect(normal({ of: [card("a:"), "card:a:"] }).of).toEqual(["card:a:", "card:a:"]);
  expect(normal({ actors: [ann], subjects: ["card:2"] })).toMatchObject({
    actors: ["user:ann"],
    subjects: ["card:2"],
  });
});
