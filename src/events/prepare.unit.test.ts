import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  aMove,
  ann,
  ben,
  board,
  card,
  column,
  commentAdded,
  events,
  noteTaken,
  user,
} from "../../test/support/boardEvents.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import type { ErrorCode } from "../errors.ts";
import { createTidings } from "../tidings.ts";
import { defineEvent } from "./defineEvent.ts";
import type { Draft } from "./draft.ts";
import { limits } from "./limits.ts";

const throwing = defineEvent("card.weighed", {
  subject: card,
  // Not Zod: it turns what a transform throws into a promise.
  data: {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (): { value: { weight: number } } => {
        throw new RangeError("too heavy");
      },
    },
  },
});
const transformed = defineEvent("card.measured", {
  subject: card,
  data: z.object({ size: z.string().transform((text) => BigInt(text).toString()) }),
});
const slow = defineEvent("card.checked", {
  subject: card,
  data: z.object({ code: z.string() }).refine(async () => true),
});
const listed = defineEvent("card.listed", { subject: card, data: z.array(z.number()) });

/** Records on a database that is down: an error other than the database's own was found before any SQL. */
async function refusal(draft: unknown, context: object = { account: "acme", actor: ann }) {
  const { db, statements } = downDatabase();
  const tidings = createTidings({ db, events: [events, throwing, transformed, slow, listed] });
  const error = await tidings
    .run(context, () => tidings.record(draft as Draft))
    .then(
      () => expect.fail("it was recorded"),
      (failure: unknown) => failure,
    );
  expect(statements).toEqual([]);
  return error;
}

/** The database is down: that its own error comes means that every check was passed. */
async function passes(draft: unknown) {
  const tidings = createTidings({ db: downDatabase().db, events, account: "acme" });
  const recording = tidings.run({ actor: ann }, () => tidings.record(draft as Draft));
  await expect(recording).rejects.toThrow("ECONNREFUSED");
}

const raw = (draft: Draft, changes: object): unknown => ({ ...draft, ...changes });

describe("bad input is refused before any SQL, with its code and where it is", () => {
  const cases: readonly [
    what: string,
    draft: unknown,
    code: ErrorCode,
    path: readonly (string | number)[],
  ][] = [
    ["a type without definition", raw(aMove(), { type: "card.flown" }), "UNKNOWN_TYPE", ["type"]],
    ["an older version", raw(aMove(), { version: 2 }), "WRONG_VERSION", ["version"]],
    ["a newer version", raw(aMove(), { version: 4 }), "WRONG_VERSION", ["version"]],
    ["data of a wrong type", raw(aMove(), { data: { position: "1" } }), "INVALID_DATA", ["data", "position"]],
    ["missing data", raw(aMove(), { data: {} }), "INVALID_DATA", ["data", "position"]],
    [
      "data for a type without any",
      raw(events.cardAdded({ subject: card(1), refs: { board: board(1) } }), { data: { a: 1 } }),
      "INVALID_DATA",
      ["data"],
    ],
    ["data that is no object", listed({ subject: card(1), data: [1] }), "INVALID_DATA", ["data"]],
    [
      "data that makes the schema throw",
      throwing({ subject: card(1), data: { weight: 5 } }),
      "INVALID_DATA",
      ["data"],
    ],
    ["an unknown severity", raw(aMove(), { severity: "fatal" }), "INVALID_DATA", ["severity"]],
    [
      "a time that is none",
      raw(aMove(), { occurredAt: new Date(Number.NaN) }),
      "INVALID_DATA",
      ["occurredAt"],
    ],
    ["a time as text", raw(aMove(), { occurredAt: "2026-01-01" }), "INVALID_DATA", ["occurredAt"]],
    [
      "a time before the year 1",
      raw(aMove(), { occurredAt: new Date(-1e14) }),
      "INVALID_DATA",
      ["occurredAt"],
    ],
    ["metadata that is a list", raw(aMove(), { metadata: ["a"] }), "INVALID_DATA", ["metadata"]],
    ["metadata that is a text", raw(aMove(), { metadata: "a" }), "INVALID_DATA", ["metadata"]],
    [
      "metadata that is a Map",
      raw(aMove(), { metadata: new Map([["a", 1]]) }),
      "UNSERIALIZABLE",
      ["metadata"],
    ],
    ["a subject of another kind", raw(aMove(), { subject: board(1) }), "INVALID_ENTITY", ["subject"]],
    ["a subject that is a text", raw(aMove(), { subject: "card:1" }), "INVALID_ENTITY", ["subject"]],
    [
      "an id that is a number",
      raw(aMove(), { subject: { type: "card", id: 1, label: null } }),
      "INVALID_ENTITY",
      ["subject", "id"],
    ],
    [
      "an id that is empty",
      raw(aMove(), { subject: { type: "card", id: "", label: null } }),
      "INVALID_ENTITY",
      ["subject", "id"],
    ],
    [
      "an actor whose type is no name",
      raw(aMove(), { actor: { type: "a:b", id: "1", label: null } }),
      "INVALID_ENTITY",
      ["actor"],
    ],
    [
      "a label that is a number",
      raw(aMove(), { actor: { ...ann, label: 5 } }),
      "INVALID_ENTITY",
      ["actor", "label"],
    ],
    ["a missing role", raw(aMove(), { refs: { from: column(1) } }), "INVALID_ENTITY", ["refs", "to"]],
    [
      "a role of another kind",
      raw(aMove(), { refs: { ...aMove().refs, to: card(1) } }),
      "INVALID_ENTITY",
      ["refs", "to"],
    ],
    [
      "a role that is not defined",
      raw(aMove(), { refs: { ...aMove().refs, by: ann } }),
      "INVALID_ENTITY",
      ["refs", "by"],
    ],
    [
      "one entity for many",
      raw(commentAdded({ subject: card(1), refs: { mentioned: [] }, data: { text: "" } }), {
        refs: { mentioned: ann },
      }),
      "INVALID_ENTITY",
      ["refs", "mentioned"],
    ],
    [
      "a wrong one among many",
      raw(commentAdded({ subject: card(1), refs: { mentioned: [] }, data: { text: "" } }), {
        refs: { mentioned: [ann, card(1)] },
      }),
      "INVALID_ENTITY",
      ["refs", "mentioned", 1],
    ],
    ["an empty account", raw(aMove(), { account: "" }), "INVALID_ENTITY", ["account"]],
    ["an empty idempotency key", raw(aMove(), { idempotencyKey: "" }), "INVALID_ENTITY", ["idempotencyKey"]],
    ["a cause that is no id", raw(aMove(), { causedBy: "yesterday" }), "CAUSE_NOT_FOUND", ["causedBy"]],
    [
      "a cause in no lane",
      raw(aMove(), { causedBy: { lane: "fast", id: "018f0000-0000-7000-8000-000000000001" } }),
      "CAUSE_NOT_FOUND",
      ["causedBy"],
    ],
  ];
  test.each(cases)("%s", async (_what, draft, code, path) => {
    expect(await refusal(draft)).toMatchObject({ name: "TidingsError", code, path, index: 0 });
  });

  test("what is not a draft", async () => {
    const { db } = downDatabase();
    const tidings = createTidings({ db, events });
    await expect(tidings.record({}, ...([null, "card.moved"] as never[]))).rejects.toMatchObject({
      code: "BATCH_INVALID",
      errors: [
        { code: "UNKNOWN_TYPE", index: 0 },
        { code: "UNKNOWN_TYPE", index: 1 },
      ],
    });
  });

  test("no account", async () => {
    expect(await refusal(aMove(), { actor: ann })).toMatchObject({ code: "ACCOUNT_MISSING" });
  });

  test("no actor", async () => {
    expect(await refusal(aMove(), { account: "acme" })).toMatchObject({ code: "ACTOR_MISSING" });
  });

  test("a schema that validates asynchronously", async () => {
    const draft = slow({ subject: card(1), data: { code: "x" } });
    expect(await refusal(draft)).toMatchObject({ code: "INVALID_SCHEMA_RESULT" });
  });

  test("a transform that throws, without ending the process", async () => {
    const draft = transformed({ subject: card(1), data: { size: "large" } });
    expect(await refusal(draft)).toMatchObject({ code: "INVALID_SCHEMA_RESULT", path: ["data"] });
  });

  test("the message says where data is wrong, and with what", async () => {
    const error = await refusal(raw(aMove(), { data: { position: 1.5 } }));
    expect((error as Error).message).toMatch(/card\.moved: data\.position: .*int/);
  });
});

describe("identifiers are measured in bytes, labels in characters", () => {
  const fits = "é".repeat(127) + "x";
  const over = "é".repeat(128);

  test.each([
    ["account", (text: string) => raw(aMove(), { account: text }), ["account"]],
    [
      "subject's id",
      (text: string) => raw(aMove(), { subject: { type: "card", id: text, label: null } }),
      ["subject", "id"],
    ],
    [
      "actor's id",
      (text: string) => raw(aMove(), { actor: { type: "user", id: text, label: null } }),
      ["actor", "id"],
    ],
    ["idempotency key", (text: string) => raw(aMove(), { idempotencyKey: text }), ["idempotencyKey"]],
  ])("255 bytes: %s", async (_what, draftWith, path) => {
    await passes(draftWith(fits));
    expect(await refusal(draftWith(over))).toMatchObject({ code: "ID_TOO_LONG", path });
  });

  test("an id that is too long is refused where it is made", () => {
    expect(() => card(over)).toThrow(expect.objectContaining({ code: "ID_TOO_LONG" }));
  });

  test("a label holds 1,000 characters, whatever they weigh", async () => {
    await passes(raw(aMove(), { subject: card(1, "🪁".repeat(limits.labelCharacters)) }));
    const longer = raw(aMove(), { subject: card(1, "🪁".repeat(limits.labelCharacters + 1)) });
    expect(await refusal(longer)).toMatchObject({ code: "ID_TOO_LONG", path: ["subject", "label"] });
  });

  test.each([
    ["NUL", "a\0b"],
    ["a lone surrogate", "a\ud800b"],
  ])("no id, label, key or account holds %s", async (_what, text) => {
    const hidden = { type: "card", id: text, label: null };
    expect(await refusal(raw(aMove(), { subject: hidden }))).toMatchObject({
      code: "UNSERIALIZABLE",
      path: ["subject", "id"],
    });
    expect(await refusal(raw(aMove(), { subject: card(1, text) }))).toMatchObject({
      code: "UNSERIALIZABLE",
      path: ["subject", "label"],
    });
    expect(await refusal(raw(aMove(), { idempotencyKey: text }))).toMatchObject({ code: "UNSERIALIZABLE" });
    expect(await refusal(raw(aMove(), { account: text }))).toMatchObject({ code: "UNSERIALIZABLE" });
  });
});

describe("an event and a call are bounded", () => {
  test("an event holds 64 KiB", async () => {
    const draft = (bytes: number) => noteTaken({ subject: card(1), data: { text: "x".repeat(bytes) } });
    expect(await refusal(draft(limits.eventBytes))).toMatchObject({ code: "EVENT_TOO_LARGE", status: 413 });
    await passes(draft(limits.eventBytes - 1_000));
  });

  test("a number counts with the digits that PostgreSQL gives back for it", async () => {
    const numbers = (value: number) =>
      noteTaken({
        subject: card(1),
        data: { text: "1e+3", values: Array.from({ length: 500 }, () => value) },
      });
    for (const long of [1e308, -1e300, 5e-324])
      expect(await refusal(numbers(long))).toMatchObject({ code: "EVENT_TOO_LARGE" });
    for (const short of [1e20, 1e21, 1e-7]) await passes(numbers(short));
  });

  test.each(["0001-01-01T00:00:00.000Z", "1900-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])(
    "a time may be %s",
    (time) => passes({ ...aMove(), occurredAt: new Date(time) }),
  );

  test("an event is about at most 100 entities, each counted once", async () => {
    const mention = (people: number) =>
      commentAdded({
        subject: card(1),
        refs: { mentioned: Array.from({ length: people }, (_, index) => user(index % (people - 1))) },
        data: { text: "hi" },
      });
    await passes(mention(99));
    expect(await refusal(mention(100))).toMatchObject({ code: "EVENT_TOO_LARGE", path: ["refs"] });
  });

  test("a call holds 1,000 events", async () => {
    const { db, statements } = downDatabase();
    const tidings = createTidings({ db, events, account: "acme" });
    const drafts = Array.from({ length: limits.eventsPerCall + 1 }, () => aMove());
    const refused = { code: "TOO_MANY_EVENTS" };
    await expect(tidings.run({ actor: ann }, () => tidings.record(...drafts))).rejects.toMatchObject(refused);
    await expect(tidings.run({ actor: ann }, () => tidings.recordEach(drafts))).rejects.toMatchObject(
      refused,
    );
    expect(statements).toEqual([]);
  });
});

test("one bad event of a call is named by its index, several are listed", async () => {
  const { db, statements } = downDatabase();
  const tidings = createTidings({ db, events, account: "acme" });
  const bad = raw(aMove(), { data: {} }) as Draft;
  const record = (...drafts: Draft[]) => tidings.run({ actor: ben }, () => tidings.record(...drafts));
  await expect(record(aMove(), bad)).rejects.toMatchObject({ code: "INVALID_DATA", index: 1 });
  await expect(record(bad, aMove(), bad)).rejects.toMatchObject({
    code: "BATCH_INVALID",
    errors: [
      { code: "INVALID_DATA", index: 0 },
      { code: "INVALID_DATA", index: 2 },
    ],
  });
  expect(statements).toEqual([]);
});
