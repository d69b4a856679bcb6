import { textArray, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import { recordedAt } from "./eventId.ts";
import { findEvents, idFloor, type NormalFilter, type PageBounds } from "./findEvents.ts";
import { readColumns, type EventKey } from "./readEvents.ts";

/** A stretch of the log: the keys that a filter found, and what their events are. */
export interface Stretch<Found> {
  readonly keys: readonly EventKey[];
  /** In the order of the keys, without those whose event retention has taken. */
  readonly found: readonly Found[];
}

/** The most keys of one look after the first. */
const MOST_KEYS = 5_000;

/**
 * As many as the page has room for, however many keys have lost their events: a timeline row stays until its quarter goes, also where
 * its lane is kept for a shorter time (ADR 0012), and what lies beyond may still be there. A page that is full at the first look, as
 * nearly every one, costs nothing more.
 */
export async function fillPage<Found>(
  on: Queryable,
  filter: NormalFilter,
  page: PageBounds,
  look: (filter: NormalFilter, page: PageBounds) => Promise<Stretch<Found>>,
): Promise<readonly Found[]> {
  const first = await look(filter, page);
  const found = [...first.found];
  if (found.length === page.limit || first.keys.length < page.limit) return found;
  const begins = await laneBegins(on, filter);
  let last = first.keys.at(-1)!.id;
  for (let { limit } = page; found.length < page.limit;) {
    const { lanes, nextBegin, bounds } =
      page.after === undefined ? olderThan(last, begins) : newerThan(last, begins);
    limit = Math.max(page.limit, Math.min(limit * 2, MOST_KEYS));
    const next =
      lanes.length > 0 ? await look({ ...filter, lanes }, { ...bounds, limit }) : { keys: [], found: [] };
    found.push(...next.found);
    if (next.keys.length === limit) last = next.keys.at(-1)!.id;
    else if (nextBegin !== undefined) last = nextBegin;
    else break;
  }
  return found.slice(0, page.limit);
}

interface LaneBegin {
  readonly lane: Lane;
  /** The id of its oldest event that is kept. */
  readonly oldest: string;
}

interface Beyond {
  readonly lanes: readonly Lane[];
  readonly bounds: Omit<PageBounds, "limit">;
  /** Where the page goes on with more lanes, once these are read. */
  readonly nextBegin?: string | undefined;
}

// A lane of which nothing is kept beyond the last key may have any number of rows there: they are passed over in the index.

function olderThan(last: string, begins: readonly LaneBegin[]): Beyond {
  const kept = begins.filter(({ oldest }) => oldest < last);
  return { lanes: kept.map(({ lane }) => lane), bounds: { before: last } };
}

/** A lane that begins further on is taken up there: at the smallest id of that moment, which no event has, so that the oldest is after it. */
function newerThan(last: string, begins: readonly LaneBegin[]): Beyond {
  const floors = begins.map(({ lane, oldest }) => ({ lane, floor: idFloor(recordedAt(oldest)) }));
  const [nextBegin] = floors.flatMap(({ floor }) => (floor > last ? [floor] : [])).toSorted();
  const lanes = floors.flatMap(({ lane, floor }) => (floor > last ? [] : [lane]));
  return { lanes, nextBegin, bounds: { after: last, before: nextBegin } };
}

/** Where each lane of a filter begins; without those of which its account has nothing. */
async function laneBegins(on: Queryable, { account, lanes }: NormalFilter): Promise<LaneBegin[]> {
  return on.query<LaneBegin & Record<string, string>>(LANE_BEGINS, [account, textArray(lanes)], {
    prepare: true,
  });
}

const LANE_BEGINS = `
select lane, oldest::text from (select lane, tidings.oldest_of_account($1, lane) as oldest from unnest($2::text[]) lane) begins
 where oldest is not null`;

/** Some columns, `e.id` among them, of the events that match: the newest first, or after an event the oldest first. */
export async function findColumns<Row extends { readonly id: string }>(
  on: Queryable,
  columns: string,
  filter: NormalFilter,
  page: PageBounds,
): Promise<readonly Row[]> {
  const first = page.after === undefined ? 1 : -1;
  return fillPage(on, filter, page, async (of, bounds) => {
    const { keys } = await findEvents(on, of, bounds);
    const rows = await readColumns<Row>(on, columns, keys);
    return { keys, found: rows.toSorted((a, b) => (a.id < b.id ? first : -first)) };
  });
}
