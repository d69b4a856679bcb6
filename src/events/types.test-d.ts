// Compiled, never run: each line under `@ts-expect-error` must be an error, every other one must not. Long, as one set of definitions serves all.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { expectNothingRecorded, expectRecorded, fixture, nextEvent } from "../testing/index.ts";
import type { Tidings } from "../tidings.ts";
import { defineEvent } from "./defineEvent.ts";
import type { Draft } from "./draft.ts";
import { defineEntity, many, oneOf, optional, type EntityRef } from "./entity.ts";
import type { PositionedEvent, RecordedEvent } from "./recordedEvent.ts";
import { sentence } from "./sentence.ts";
import { from } from "./upcast.ts";

/** True where two types are the same, also in what is optional, readonly or `any`. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : ["these types differ", A, B]): void =>
  undefined;

const board = defineEntity("board");
const column = defineEntity("column");
const card = defineEntity("card");
const user = defineEntity("user");
const v1 = z.object({ index: z.number() });
const v2 = z.object({ at: z.number() });

const moved = defineEvent("card.moved", {
  version: 3,
  subject: card,
  refs: { from: column, to: column, board, by: optional(user), seen: many(user) },
  data: z.object({ position: z.number().int(), note: z.string().default("") }),
  upcast: {
    1: from(v1, (old) => ({ at: old.index })),
    2: from(v2, (old) => ({ position: old.at, note: "" })),
  },
  sentence: (e) => {
    same<typeof e.refs.to, EntityRef<"column">>();
    same<typeof e.refs.by, EntityRef<"user"> | null>();
    same<typeof e.refs.seen, readonly EntityRef<"user">[]>();
    same<typeof e.subject, EntityRef<"card">>();
    same<typeof e.data, { position: number; note: string }>();
    // @ts-expect-error there is no such role
    void e.refs.elsewhere;
    return sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to} ${e.refs.by} ${e.refs.seen} ${e.data.position}`;
  },
});
defineEvent("card.weighed", {
  subject: card,
  data: z.object({ grams: z.number() }),
  webhook: [
    {
      version: 1,
      write: (e) => {
        same<typeof e.data, { grams: number }>();
        same<typeof e.subject, EntityRef<"card">>();
        return { kilograms: e.data.grams / 1_000 };
      },
    },
    // @ts-expect-error what receivers get must be JSON
    { version: 2, write: (e) => ({ at: e.occurredAt }) },
  ],
});
const closed = defineEvent("card.closed", { subject: oneOf(card, board) });
const assigned = defineEvent("card.assigned", { subject: card, refs: { to: optional(user) } });

const refs = { from: column(1), to: column(2), board: board(1), seen: [] };

// Drafts: subject, roles and data are checked where they are written.
moved({ subject: card(1), refs, data: { position: 1 } });
moved({
  subject: card(1),
  refs: { ...refs, by: user(1), seen: [user(2)] },
  data: { position: 1, note: "x" },
});
moved({ subject: card(1), refs: { ...refs, by: null }, data: { position: 1 } });
moved({
  // @ts-expect-error a board is no card
  subject: board(1),
  refs,
  data: { position: 1 },
});
moved({
  subject: card(1),
  // @ts-expect-error a card in the role of a column
  refs: { from: card(1), to: column(2), board: board(1), seen: [] },
  data: { position: 1 },
});
moved({
  subject: card(1),
  // @ts-expect-error the role `board` is missing
  refs: { from: column(1), to: column(2), seen: [] },
  data: { position: 1 },
});
moved({
  subject: card(1),
  // @ts-expect-error one entity where the role holds many
  refs: { from: column(1), to: column(2), board: board(1), seen: user(1) },
  data: { position: 1 },
});
moved({
  subject: card(1),
  // @ts-expect-error there is no role `other`
  refs: { from: column(1), to: column(2), board: board(1), seen: [], other: card(1) },
  data: { position: 1 },
});
moved({
  subject: card(1),
  refs,
  // @ts-expect-error a text for a number
  data: { position: "1" },
});
// @ts-expect-error data is missing
moved({ subject: card(1), refs });
// @ts-expect-error refs are missing
moved({ subject: card(1), data: { position: 1 } });
// @ts-expect-error the subject is missing
moved({ refs, data: { position: 1 } });

closed({ subject: card(1) });
closed({ subject: board(1) });
// @ts-expect-error neither card nor board
closed({ subject: user(1) });
// @ts-expect-error it has no data
closed({ subject: card(1), data: { a: 1 } });
// @ts-expect-error it has no refs
closed({ subject: card(1), refs: { a: card(1) } });
assigned({ subject: card(1) });
assigned({ subject: card(1), refs: {} });
// @ts-expect-error a card is no user
assigned({ subject: card(1), refs: { to: card(1) } });

// Roles of several kinds.
const linked = defineEvent("card.linked", {
  subject: oneOf(oneOf(card, board), column),
  refs: { to: optional(oneOf(card, board)), seen: many(oneOf(card, board), user) },
  sentence: (e) => {
    same<typeof e.refs.to, EntityRef<"card" | "board"> | null>();
    same<typeof e.refs.seen, readonly EntityRef<"card" | "board" | "user">[]>();
    same<typeof e.subject, EntityRef<"card" | "board" | "column">>();
    return sentence`${e.actor} linked ${e.subject}`;
  },
});
linked({ subject: column(1), refs: { seen: [board(1), user(1)] } });
linked({ subject: card(1), refs: { to: board(1), seen: [] } });
// @ts-expect-error a user is neither card nor board
linked({ subject: card(1), refs: { to: user(1), seen: [] } });
// @ts-expect-error a list is never left out
optional(many(user));

// Data that JSON cannot hold: no draft compiles, so that none is refused when it is recorded.
const stamped = defineEvent("card.stamped", {
  subject: card,
  data: z.object({ at: z.coerce.date(), amount: z.bigint(), note: z.string() }),
});
stamped({
  subject: card(1),
  data: {
    // @ts-expect-error a Date
    at: new Date(),
    // @ts-expect-error a BigInt
    amount: 1n,
    note: "",
  },
});
const made = defineEvent("card.made", {
  subject: card,
  // Only the output counts: here it has what no draft gives.
  data: z.object({ id: z.string() }).transform(({ id }) => ({ id, seen: new Set([id]) })),
});
// @ts-expect-error a Set in what is stored
made({ subject: card(1), data: { id: "a" } });
const filed = defineEvent("card.filed", {
  subject: card,
  data: z.object({
    deep: z.object({ list: z.array(z.union([z.string(), z.date()])) }),
    bytes: z.instanceof(Uint8Array),
    byName: z.map(z.string(), z.string()),
    run: z.custom<() => void>(),
    tag: z.symbol(),
  }),
});
filed({
  subject: card(1),
  data: {
    // @ts-expect-error a Date, deep inside
    deep: { list: [] },
    // @ts-expect-error no plain object
    bytes: new Uint8Array(),
    // @ts-expect-error a Map
    byName: new Map(),
    // @ts-expect-error a function
    run: () => undefined,
    // @ts-expect-error a symbol
    tag: Symbol("tag"),
  },
});

// Everything else compiles, whatever the type is made of.
declare enum Size {
  small = "s",
  large = 2,
}
interface Place {
  readonly street: string;
  readonly lines?: readonly string[] | undefined;
}
interface Tree {
  readonly name: string;
  readonly leaves: Tree[];
}
const placed = defineEvent("card.placed", {
  subject: card,
  data: z.object({
    any: z.any(),
    unknown: z.unknown(),
    perhaps: z.string().optional(),
    none: z.undefined().optional(),
    empty: z.null(),
    place: z.custom<Place>(),
    tree: z.custom<Tree>(),
    lists: z.array(z.string()).readonly(),
    pair: z.tuple([z.string(), z.number().optional()]),
    branded: z.string().brand("CardId"),
    brandedObject: z.object({ id: z.string() }).brand("Key"),
    size: z.enum(Size),
    record: z.record(z.string(), z.unknown()),
    json: z.json(),
    choice: z.discriminatedUnion("is", [
      z.object({ is: z.literal("a"), a: z.int() }),
      z.object({ is: z.literal("b") }),
    ]),
    due: z.date().transform((date) => date.toISOString()),
  }),
});
placed({
  subject: card(1),
  data: {
    any: 1,
    unknown: { a: [1] },
    empty: null,
    place: { street: "High Street" },
    tree: { name: "root", leaves: [{ name: "leaf", leaves: [] }] },
    lists: ["a"],
    pair: ["a"],
    branded: "7",
    brandedObject: { id: "7" },
    size: Size.small,
    record: {},
    json: [{ a: null }],
    choice: { is: "b" },
    due: new Date(), // what is stored is the text
  },
});
const eitherWay = z.union([z.object({ a: z.string() }), z.object({ b: z.number() })]);
defineEvent("card.turned", { subject: card, data: eitherWay })({ subject: card(1), data: { b: 1 } });
declare const ofInterface: StandardSchemaV1<Place>;
defineEvent("card.put", { subject: card, data: ofInterface })({ subject: card(1), data: { street: "" } });
declare const ofAnything: StandardSchemaV1;
defineEvent("card.any", { subject: card, data: ofAnything })({ subject: card(1), data: { a: 1 } });
/** An app's own way of defining its events. */
const cardEvent = <Type extends string, Schema extends StandardSchemaV1>(type: Type, data: Schema) =>
  defineEvent(type, { subject: card, data });
cardEvent("card.sized", z.object({ size: z.int() }))({ subject: card(1), data: { size: 1 } });
// @ts-expect-error a text for a number
cardEvent("card.sized", z.object({ size: z.int() }))({ subject: card(1), data: { size: "1" } });
// @ts-expect-error a Date
cardEvent("card.sized", z.object({ at: z.date() }))({ subject: card(1), data: { at: new Date() } });

// Who and when.
closed({ subject: card(1), actor: user(1), onBehalfOf: null, occurredAt: new Date(), severity: "error" });
// @ts-expect-error a severity that does not exist
closed({ subject: card(1), severity: "fatal" });
// @ts-expect-error a time is a Date
closed({ subject: card(1), occurredAt: "2026-01-01" });
// @ts-expect-error metadata is JSON
closed({ subject: card(1), metadata: { at: new Date() } });

// Upcasters lead from one version to the next, and the last one to the data.
defineEvent("card.a", {
  version: 3,
  subject: card,
  data: z.object({ position: z.number() }),
  // @ts-expect-error step 1 gives what step 2 does not read
  upcast: { 1: from(v1, (old) => ({ wrong: old.index })), 2: from(v2, (old) => ({ position: old.at })) },
});
defineEvent("card.a", {
  version: 2,
  subject: card,
  data: z.object({ position: z.number() }),
  // @ts-expect-error the last step gives other data
  upcast: { 1: from(v1, (old) => ({ position: String(old.index) })) },
});

/** The driver's transaction, as an adapter would have it. */
interface Handle {
  readonly begin: () => void;
}
declare const tidings: Tidings<Handle>;
declare const anyTidings: Tidings;
declare const tx: Handle;

const aMove = moved({ subject: card(1), refs, data: { position: 1 } });
const aClose = closed({ subject: board(1) });

type Moved = RecordedEvent<NonNullable<(typeof moved)["~shape"]>>;
type Closed = RecordedEvent<NonNullable<(typeof closed)["~shape"]>>;

export async function recordedEventsAreTyped() {
  const [first, second] = await tidings.record(tx, aMove, aClose);
  same<typeof first, Moved>();
  same<typeof second, Closed>();
  same<typeof first.type, "card.moved">();
  same<typeof first.data.note, string>();
  same<typeof second.subject, EntityRef<"card" | "board">>();
  const [own] = await tidings.record(aMove);
  same<typeof own, Moved>();
  // Also where the driver is not known.
  const [untyped] = await anyTidings.record(aMove);
  same<typeof untyped, Moved>();
  const drafts = [aMove, aMove];
  const several = await tidings.record(...drafts);
  same<(typeof several)[number], Moved>();
  const mixed: Draft[] = [aMove, aClose];
  same<Awaited<ReturnType<typeof tidings.record<typeof mixed>>>[number], RecordedEvent>();
  // @ts-expect-error not a draft
  await tidings.record(tx, { type: "card.moved" });
  // @ts-expect-error not a transaction of this driver
  await tidings.record({ query: () => 1 }, aMove);
  // @ts-expect-error not a transaction of this driver
  await tidings.recordEach([aMove], { tx: 5 });
}

export async function readsAreTyped() {
  const { items } = await tidings.events.list(moved, { since: new Date(), actors: [user(1)] });
  same<(typeof items)[number], Moved>();
  same<(typeof items)[number]["data"], { position: number; note: string }>();
  same<Awaited<ReturnType<typeof tidings.events.list>>["items"][number], RecordedEvent>();
  const last = await tidings.events.latest(card(1), closed);
  same<typeof last, Closed | null>();
  // @ts-expect-error the definition says the types already
  await tidings.events.list(moved, { types: ["card.closed"] });
  // @ts-expect-error no such filter
  await tidings.events.list({ color: "red" });
  // @ts-expect-error no such lane
  await tidings.feed({ lanes: ["fast"] });
}

tidings.subscribe("search", {
  types: [moved],
  run: (events, context) => {
    same<(typeof events)[number], PositionedEvent<NonNullable<(typeof moved)["~shape"]>>>();
    same<(typeof events)[number]["data"]["position"], number>();
    same<typeof context.tx, Handle>();
    // @ts-expect-error there is no such field
    void events[0]!.data.elsewhere;
  },
});
tidings.subscribe("both", {
  types: [moved, closed],
  run: (events) => {
    for (const event of events) {
      same<typeof event.type, "card.moved" | "card.closed">();
      if (event.type === "card.moved") same<typeof event.data.position, number>();
    }
  },
});
tidings.subscribe("by name", {
  types: ["card.*"],
  run: (events) => same<(typeof events)[number], PositionedEvent>(),
});

export async function theTestKitIsTyped() {
  const found = await expectRecorded(tidings, moved, {
    subject: card,
    refs: { to: column(2), seen: [user] },
    data: { position: 1 },
    times: 1,
    tx,
  });
  same<(typeof found)[number], Moved>();
  // @ts-expect-error a board is no card
  await expectRecorded(tidings, moved, { subject: board(1) });
  // @ts-expect-error a text for a number
  await expectRecorded(tidings, moved, { data: { position: "1" } });
  // @ts-expect-error there is no such data
  await expectRecorded(tidings, moved, { data: { elsewhere: 1 } });
  // @ts-expect-error a column, not a user
  await expectRecorded(tidings, moved, { refs: { to: user } });
  // @ts-expect-error not a transaction of this driver
  await expectNothingRecorded(tidings, { tx: 5 });
  const next = await nextEvent(tidings, moved, { withinMs: 5 });
  same<typeof next.data.position, number>();
  const draft = fixture(moved, { data: { position: 2 }, refs: { to: column(1) } });
  same<typeof draft, Draft<NonNullable<(typeof moved)["~shape"]>>>();
  // @ts-expect-error a text for a number
  fixture(moved, { data: { position: "2" } });
}
