import { AssertionError } from "node:assert";
import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import {
  lanes,
  isEventDefinition,
  type AnyEventDefinition,
  type TypedDefinition,
  type EventShape,
} from "../events/defineEvent.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import { findEvents } from "../log/findEvents.ts";
import { readEvents } from "../log/readEvents.ts";
import type { Tidings } from "../tidings.ts";
import {
  describeEntity,
  describeValue,
  differencesOf,
  type EventExpectation,
  type ExpectedEvent,
} from "./matchExpectation.ts";

interface Where<Handle> {
  /** Looks from inside this open transaction: sees what it recorded, also when it is rolled back afterwards. */
  tx?: Handle | undefined;
  /** Default: the context's account, then the fixed one. */
  account?: string | undefined;
}

export interface ExpectNothingOptions<Handle = unknown> extends Where<Handle> {
  /** Only events about this entity, as subject, actor or ref. Default: any. */
  of?: EventFilter["of"];
}

/** The newest events that are looked at: more than a test records, and few enough to compare one by one. */
const LOOK_AT = 1_000;
/** The most events that a message shows. */
const SHOW = 5;

/**
 * Passes when events of this type were recorded that have everything `expected`: at least one, or exactly `times`.
 * Returns them, oldest first. Otherwise throws an AssertionError that says what was recorded instead.
 */
export async function expectRecorded<Shape extends EventShape, Handle>(
  tidings: Tidings<Handle>,
  definition: TypedDefinition<Shape>,
  expected: ExpectedEvent<Shape> & Where<Handle> & { times?: number | undefined } = {},
): Promise<RecordedEvent<Shape>[]> {
  const { times, tx, account, ...rest } = expected;
  const expectation = rest as EventExpectation;
  const found = await look(tidings, { types: [definition], lanes: [definition.lane], account }, tx);
  const compared = found.map((event) => ({ event, differences: differencesOf(expectation, event) }));
  const matching = compared.filter(({ differences }) => differences.length === 0).map(({ event }) => event);
  if (times === undefined ? matching.length > 0 : matching.length === times) {
    return matching.reverse() as RecordedEvent<Shape>[];
  }

  const wanted = times === undefined ? "at least one" : `${times}`;
  const conditions = describeExpectation(expectation);
  const lines = [`Expected ${wanted} ${definition.type}${conditions === "" ? "" : ` with ${conditions}`}.`];
  if (matching.length > 0) lines.push(`${matching.length} were recorded:`, ...listing(matching));
  else if (compared.length > 0) {
    lines.push(`None of the ${compared.length} recorded is like that:`);
    for (const { event, differences } of compared.slice(0, SHOW)) {
      lines.push(...listing([event]));
      for (const { path, expected: is, actual } of differences)
        lines.push(`      ${path}: expected ${is}, was ${actual}`);
    }
    if (compared.length > SHOW) lines.push(`  … and ${compared.length - SHOW} older`);
  } else {
    const others = await look(tidings, { lanes, account }, tx);
    lines.push(others.length === 0 ? "Nothing was recorded." : "Recorded instead:", ...listing(others));
  }
  throw new AssertionError({ message: lines.join("\n"), stackStartFn: expectRecorded });
}

/**
 * Passes when nothing was recorded: of this type, or of any type and lane. Otherwise throws an AssertionError that
 * lists it.
 */
export async function expectNothingRecorded<Handle>(
  tidings: Tidings<Handle>,
  ...given: [AnyEventDefinition, ExpectNothingOptions<Handle>?] | [ExpectNothingOptions<Handle>?]
): Promise<void> {
  const [definition, options = {}] = isEventDefinition(given[0])
    ? [given[0], given[1] as ExpectNothingOptions<Handle> | undefined]
    : [undefined, given[0]];
  const { tx, ...filter } = options;
  const types = definition && { types: [definition] };
  const found = await look(tidings, { ...filter, ...types, lanes }, tx);
  if (found.length === 0) return;
  const what = definition ? `no ${definition.type}` : "nothing";
  const message = [`Expected ${what} to be recorded, but found ${found.length}:`, ...listing(found)].join(
    "\n",
  );
  throw new AssertionError({ message, stackStartFn: expectNothingRecorded });
}

/** The newest events that match, newest first. */
async function look<Handle>(
  tidings: Tidings<Handle>,
  filter: EventFilter,
  tx: Handle | undefined,
): Promise<RecordedEvent[]> {
  const account = filter.account ?? tidings.context().account;
  if (account === undefined) throw new TidingsError("ACCOUNT_MISSING");
  const on: Queryable = tx === undefined ? tidings.db : tidings.db.adopt(tx);
  const { keys } = await findEvents(on, normalFilter(filter, account, tidings.registry), { limit: LOOK_AT });
  return (await readEvents(on, keys)).map((event) => recordedEvent(event, tidings.registry));
}

function listing(events: readonly RecordedEvent[]): string[] {
  const shown = events
    .slice(0, SHOW)
    .map(
      (event) =>
        `  - ${event.type} of ${describeEntity(event.subject)} by ${describeEntity(event.actor)}, data ${describeValue(event.data)}`,
    );
  return events.length > SHOW ? [...shown, `  … and ${events.length - SHOW} older`] : shown;
}

function describeExpectation({ refs, subject, actor, onBehalfOf, ...values }: EventExpectation): string {
  const entities = { subject, actor, onBehalfOf, ...refs };
  return [
    ...Object.entries(entities).map(
      ([name, value]) => value !== undefined && `${name} ${describeEntity(value)}`,
    ),
    ...Object.entries(values).map(
      ([name, value]) => value !== undefined && `${name} ${describeValue(value)}`,
    ),
  ]
    .filter((condition) => condition !== false)
    .join(", ");
}
