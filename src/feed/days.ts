import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { checkWhole } from "../events/checkQuery.ts";
import { normalFilter, type Beside, type EventFilter } from "../events/filter.ts";
import { phaseOfVerb, phases, type Phase } from "../events/phase.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { recordedAt } from "../log/eventId.ts";
import { findEventSummaries, type EventSummary } from "../log/findEventSummaries.ts";
import type { NormalFilter } from "../log/findEvents.ts";
import { readEvents } from "../log/readEvents.ts";
import { lastPosition } from "../log/readPositions.ts";
import type { FeedItem } from "./feedItem.ts";
import type { Localized, Reading } from "./localized.ts";
import { isDay, nextDay, timeZone, type DayText, type TimeZone } from "./timeZone.ts";

export type DayQuery = EventFilter &
  Reading & {
    /** The reader's zone, an IANA name: `Europe/Berlin`. */
    readonly timeZone: string;
    /** Days before this one (`2026-03-29`): a page's `older`. Default: from the newest on. */
    readonly before?: DayText | undefined;
    /** Days with events on a page, 1 to 7. Default 3. */
    readonly limit?: number | undefined;
  };

const dayNames: Beside<DayQuery> = { timeZone: true, before: true, limit: true, locale: true };

export interface DayColumn {
  /** The newest 100, newest first. */
  readonly items: readonly FeedItem[];
  /** How many more there are that day; 900 stands for 900 or more. */
  readonly hidden: number;
}

export interface FeedDay {
  /** A day of recording: `occurredAt` of what was imported, or done offline, may lie on another one. */
  readonly date: DayText;
  readonly columns: { readonly [phase in Phase]: DayColumn };
}

export interface DayPage extends Localized {
  /** Newest first. Days without an event that matches are left out. */
  readonly days: readonly FeedDay[];
  /** Pass as `before` for the days before these. Null when there are none. */
  readonly older: DayText | null;
  /** The log's last position before the page was read: hand it to `live({ after })`. */
  readonly position: number;
  readonly timeZone: string;
}

export interface DayDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
  readonly items: (events: readonly RecordedEvent[], reading: Reading) => Promise<FeedItem[]>;
}

const SHOWN = 100;
/** A read looks at so many events: most often several days at once, and never more of one column. */
const LOOK = 1_000;
const MAX_DAYS = 7;

/** A day's events by column, newest first; at most LOOK in each. */
interface FoundDay {
  readonly date: DayText;
  readonly columns: Record<Phase, EventSummary[]>;
}

/** Days of a feed in the reader's zone. Empty days cost nothing: a page reads the newest events before its border. */
export function createDays({ db, registry, accountOf, items }: DayDependencies) {
  return async (query: DayQuery): Promise<DayPage> => {
    const zone = timeZone(query.timeZone);
    const { before, limit = 3 } = checked(query);
    const filter = normalFilter(query, accountOf(query.account), registry, dayNames);
    const position = await lastPosition(db);
    const found: FoundDay[] = [];
    let until = before === undefined ? filter.until : earlier(filter.until, zone.startOf(before));
    // One day more than wanted tells whether there is another page.
    while (found.length <= limit) {
      const isProbe = found.length === limit;
      const bounded = { ...filter, until };
      if (isEmpty(bounded)) break;
      const { summaries, older } = await findEventSummaries(db, bounded, { limit: isProbe ? 1 : LOOK + 1 });
      const days = daysOf(summaries, zone);
      // The last day may go on beyond what was read: it is read again, from its own beginning.
      const cut = !isProbe && older !== null ? days.pop() : undefined;
      if (cut && days.length === 0) found.push(await busyDay(bounded, cut, zone));
      else found.push(...days.map(inColumns));
      if (older === null) break;
      const oldest = cut?.date ?? zone.dayOf(recordedAt(older));
      until = earlier(until, zone.startOf(cut && days.length > 0 ? nextDay(oldest) : oldest));
    }
    const shown = found.slice(0, limit);
    const { tag: locale, dir } = registry.languages.find(query.locale);
    return {
      days: await rendered(filter.account, shown, query),
      older: found.length > limit ? shown.at(-1)!.date : null,
      position,
      timeZone: query.timeZone,
      locale,
      dir,
    };
  };

  function inColumns({ date, summaries }: DaySummaries): FoundDay {
    const columns: Record<Phase, EventSummary[]> = { added: [], updated: [], done: [] };
    for (const summary of summaries)
      columns[registry.find(summary.type)?.phase ?? phaseOfVerb(summary.type)].push(summary);
    return { date, columns };
  }

  /** A day of more than 1,000 events, column by column: what is rare on a busy day is found, too. */
  async function busyDay(filter: NormalFilter, day: DaySummaries, zone: TimeZone): Promise<FoundDay> {
    const { date, columns } = inColumns(day);
    const since = Math.max(filter.since ?? 0, zone.startOf(date));
    const wanted = filter.types && new Set(filter.types);
    for (const phase of phases) {
      const types = registry.types
        .filter((definition) => definition.phase === phase)
        .flatMap(({ type, aliases }) => [type, ...aliases])
        .filter((type) => wanted === null || wanted.has(type));
      const { summaries } = await findEventSummaries(db, { ...filter, since, types }, { limit: LOOK });
      // Types that no definition has any more are only among the newest.
      const all = new Map([...columns[phase], ...summaries].map((summary) => [summary.id, summary]));
      columns[phase] = [...all.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, LOOK);
    }
    return { date, columns };
  }

  async function rendered(account: string, days: readonly FoundDay[], reading: Reading): Promise<FeedDay[]> {
    const summaries = days.flatMap(({ columns }) =>
      phases.flatMap((phase) => columns[phase].slice(0, SHOWN)),
    );
    const keys = summaries.map(({ lane, id }) => ({ account, lane, id }));
    const events = (await readEvents(db, keys)).map((event) => recordedEvent(event, registry));
    const shown = new Map((await items(events, reading)).map((item) => [item.id, item]));
    const column = (found: readonly EventSummary[]): DayColumn => ({
      items: found.slice(0, SHOWN).flatMap(({ id }) => shown.get(id) ?? []),
      hidden: Math.max(0, found.length - SHOWN),
    });
    return days.map(({ date, columns: { added, updated, done } }) => ({
      date,
      columns: { added: column(added), updated: column(updated), done: column(done) },
    }));
  }
}

interface DaySummaries {
  readonly date: DayText;
  readonly summaries: readonly EventSummary[];
}

/** Events come newest first, and so do the days. */
function daysOf(summaries: readonly EventSummary[], zone: TimeZone): DaySummaries[] {
  const days = new Map<DayText, EventSummary[]>();
  for (const summary of summaries) {
    const date = zone.dayOf(recordedAt(summary.id));
    const day = days.get(date);
    if (day) day.push(summary);
    else days.set(date, [summary]);
  }
  return [...days].map(([date, ofDay]) => ({ date, summaries: ofDay }));
}

function earlier(a: number | null, b: number): number {
  return a === null ? b : Math.min(a, b);
}

function isEmpty({ since, until }: NormalFilter): boolean {
  return since !== null && until !== null && since >= until;
}

function checked(query: DayQuery): DayQuery {
  const { before, limit = 3 } = query;
  if (before !== undefined && !isDay(before)) {
    throw new TidingsError("INVALID_CURSOR", {
      detail: `before: "${String(before).slice(0, 50)}" is no day`,
    });
  }
  checkWhole("limit", limit, 1, MAX_DAYS);
  return query;
}
