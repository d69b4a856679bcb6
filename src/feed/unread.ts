import type { Database } from "../db/database.ts";
import { entityKey } from "../events/entity.ts";
import { normalFilter, type Beside, type EventFilter } from "../events/filter.ts";
import type { Registry } from "../events/registry.ts";
import { recordedAt } from "../log/eventId.ts";
import { findEventSummaries } from "../log/findEventSummaries.ts";
import { LOWEST, idFloor, type NormalFilter } from "../log/findEvents.ts";
import { createMatcher } from "../log/matchFilter.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { readEvents } from "../log/readEvents.ts";
import { lastPosition, positioned, type PositionedStoredEvent } from "../log/readPositions.ts";
import { straysIn, type Stray } from "../log/strays.ts";
import { findMark, markKey, type MarkOf } from "./marks.ts";

/** The filter of the feed that is counted, with its viewer, and whose mark counts. */
export type UnreadQuery = EventFilter & MarkOf;
const unreadNames: Beside<UnreadQuery> = { reader: true, feed: true };

/** What a badge shows. What readers did themselves is never unread to them. */
export interface UnreadCount {
  /** False for a reader who has no mark in this feed yet: nothing is unread to them. See `marks.begin`. */
  readonly begun: boolean;
  /** Events that were not read, 100 at most. */
  readonly unread: number;
  /** Those of them that have not been shown yet, 100 at most. */
  readonly unseen: number;
  /** True when there may be more of either: show "99+". */
  readonly capped: boolean;
}

export interface UnreadDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

const CAP = 100;
/** Of a reader who was here lately, all events after the mark are looked at, in the order of positions. */
const NEAR = 200;
/** Of a reader who is further behind, so many matching events are looked at, the newest first; and so many that came late. */
const LOOK = 3_000;
const FIRST_LOOK = 150;
/** Ids are made at writing and positions at commit: a transaction this long is still met. */
const MARGIN_MS = 15 * 60_000;
/** So many positions tell the time of the place where they lie. */
const NEIGHBOURS = 20;

/**
 * Counts what is unread: exactly up to 100, at a bounded cost. Near the mark every event after it is looked at. Far from it
 * the index that fits the filter gives the newest matches, of which 100 unread ones are enough; should there be fewer among
 * the newest 3,000, mostly because they are the reader's own, `capped` is true and the numbers are what was found.
 */
export function createUnread({ db, registry, accountOf }: UnreadDependencies) {
  return async (query: UnreadQuery): Promise<UnreadCount> => {
    const filter = normalFilter(query, accountOf(query.account), registry, unreadNames);
    const key = markKey(query, filter.account);
    const [mark, last] = await Promise.all([findMark(db, key), lastPosition(db)]);
    if (!mark.hasBegun) return { begun: false, unread: 0, unseen: 0, capped: false };
    const isUnread = (actor: Actor, position: number | null) =>
      !(position !== null && mark.isRead(position)) && entityKey(actor) !== key[1];
    const { lastRead } = mark;
    const unseen = await countBetween(db, filter, mark.seen, last, { isUnread, lastRead });
    const shown =
      unseen.count >= CAP || mark.read >= mark.seen
        ? NONE
        : await countBetween(db, filter, mark.read, Math.min(mark.seen, last), { isUnread, lastRead });
    const unread = unseen.count + shown.count;
    return {
      begun: true,
      unread: Math.min(unread, CAP),
      unseen: Math.min(unseen.count, CAP),
      capped: unread >= CAP || !unseen.isExact || !shown.isExact,
    };
  };
}

interface Actor {
  readonly type: string;
  readonly id: string;
}

interface Reading {
  /** Position null: one beyond all that the reader has read. */
  isUnread(actor: Actor, position: number | null): boolean;
  readonly lastRead: number;
}

interface Counted {
  readonly count: number;
  /** False when it was given up before everything was seen and the cap reached. */
  readonly isExact: boolean;
}

const NONE: Counted = { count: 0, isExact: true };

/** How many events after one position and up to another match and are unread. */
async function countBetween(
  db: Database,
  filter: NormalFilter,
  after: number,
  upTo: number,
  { isUnread, lastRead }: Reading,
): Promise<Counted> {
  if (after >= upTo) return NONE;
  const next = await db.query<Stray>(NEXT, [filter.account, String(after), String(upTo)], {
    prepare: true,
  });
  if (next.length <= NEAR) {
    const events = await matching(db, filter, next);
    return {
      count: events.filter(({ actor, position }) => isUnread(actor, position)).length,
      isExact: true,
    };
  }
  const oldest = after === 0 ? 0 : Math.min(...next.map(({ id }) => recordedAt(id))) - MARGIN_MS;
  // Written long before, and committed after the mark.
  const early = { account: filter.account, after, upTo, low: LOWEST, high: idFloor(oldest) };
  const strays = await straysIn(db, early, LOOK);
  const late = await matching(db, filter, strays);
  let count = late.filter(({ actor, position }) => isUnread(actor, position)).length;
  const allLate = strays.length < LOOK;
  if (count >= CAP) return { count, isExact: true };
  const bounded = { ...filter, since: Math.max(oldest, filter.since ?? 0) };
  if (filter.until !== null && filter.until <= bounded.since) return { count, isExact: allLate };

  const isBetween = await certainlyBetween(db, filter.account, Math.max(after, lastRead), upTo);

  let before: string | undefined;
  for (let looked = 0, limit = FIRST_LOOK; looked < LOOK; looked += limit, limit = LOOK - looked) {
    const { summaries, older } = await findEventSummaries(db, bounded, { before, limit });
    const near = summaries.flatMap(({ id }) => (isBetween(id) ? [] : [id]));
    const positions = await positionsOf(db, filter.account, near);
    for (const { id, actor_type, actor_id } of summaries) {
      const actor = { type: actor_type, id: actor_id };
      if (isBetween(id)) {
        if (isUnread(actor, null)) count++;
        continue;
      }
      // An event that has no position yet counts as soon as it has one.
      const position = positions.get(id);
      if (position === undefined || position <= after || position > upTo) continue;
      if (isUnread(actor, position)) count++;
    }
    if (count >= CAP || older === null) return { count, isExact: count >= CAP || allLate };
    before = older;
  }
  return { count, isExact: false };
}

/** The events of some places of the order, with their positions, as far as they match. */
async function matching(
  db: Database,
  filter: NormalFilter,
  places: readonly Stray[],
): Promise<PositionedStoredEvent[]> {
  const matches = createMatcher(filter);
  const positions = new Map(places.map(({ id, position }) => [id, position]));
  const keys = places.map(({ lane, id }) => ({ account: filter.account, lane, id }));
  const events = await readEvents(db, keys);
  return events.filter(matches).map((event) => positioned(event, positions.get(event.id)!));
}

/**
 * Tells of an id whether its event surely lies after one position and up to another, without asking for its own position:
 * hundreds of look-ups would cost more than all else (66 against 12 ms in a log of 2 million events, measured).
 *
 * Most positions are given within MARGIN_MS of the making of the id, in the order of the ids: what was made MARGIN_MS later than
 * the neighbours of `after` comes after it, and what was made MARGIN_MS before the neighbours of `upTo` is not after that. The
 * others are asked for; of too many nothing is sure.
 */
async function certainlyBetween(
  db: Database,
  account: string,
  after: number,
  upTo: number,
): Promise<(id: string) => boolean> {
  const given = [account, String(after), String(upTo)];
  const neighbours = await db.query<{ after: string | null; before: string | null }>(NEIGHBOURS_OF, given, {
    prepare: true,
  });
  const times = (side: "after" | "before") =>
    neighbours.flatMap((row) => (row[side] === null ? [] : [recordedAt(row[side])]));
  const from = after === 0 ? LOWEST : idFloor(Math.min(...times("after")) + MARGIN_MS);
  const until = idFloor(Math.max(...times("before")) - MARGIN_MS);
  if (from >= until) return () => false;
  const found = await Promise.all([
    straysIn(db, { account, after: 0, upTo: after, low: from, high: until }, LOOK),
    straysIn(db, { account, after: upTo, upTo: null, low: from, high: until }, LOOK),
  ]);
  const strays = found.flat();
  if (strays.length >= LOOK) return () => false;
  const elsewhere = new Set(strays.map(({ id }) => id));
  return (id) => id >= from && id < until && !elsewhere.has(id);
}

const NEIGHBOURS_OF = `
select next.event_id::text as after, null as before from (
  select event_id from tidings.event_order
   where account_id = $1 and pos > $2::bigint and pos <= $3::bigint order by pos limit ${NEIGHBOURS}) next
union all
select null, last.event_id::text from (
  select event_id from tidings.event_order
   where account_id = $1 and pos > $2::bigint and pos <= $3::bigint order by pos desc limit ${NEIGHBOURS}) last`;

const NEXT = `
select pos::float8 as position, lane, event_id::text as id from tidings.event_order
 where account_id = $1 and pos > $2::bigint and pos <= $3::bigint order by pos limit ${NEAR + 1}`;
