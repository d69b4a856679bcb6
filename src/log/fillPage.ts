import { textArray, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import { findEvents, HIGHEST, type NormalFilter, type PageBounds } from "./findEvents.ts";
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
  const stretch = await look(filter, page);
  const found = [...stretch.found];
  let { keys } = stretch;
  for (let { limit } = page; found.length < page.limit && keys.length === limit;) {
    const last = keys.at(-1)!.id;
    const forwards = page.after !== undefined;
    // A lane of which nothing older is kept may have any number of rows: they are passed over in the index.
    const lanes = await keptLanes(on, filter, forwards ? HIGHEST : last);
    if (lanes.length === 0) break;
    limit = Math.max(page.limit, Math.min(limit * 2, MOST_KEYS));
    const next = await look({ ...filter, lanes }, { ...page, [forwards ? "after" : "before"]: last, limit });
    found.push(...next.found);
    keys = next.keys;
  }
  return found.slice(0, page.limit);
}

/** The lanes of a filter in which its account still has events before one of them. */
async function keptLanes(on: Queryable, { account, lanes }: NormalFilter, before: string): Promise<Lane[]> {
  const rows = await on.query<{ lane: Lane }>(KEPT_LANES, [account, textArray(lanes), before], {
    prepare: true,
  });
  return rows.map(({ lane }) => lane);
}

const KEPT_LANES = `
select lane from unnest($2::text[]) lane where tidings.oldest_of_account($1, lane) < $3::uuid`;

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
