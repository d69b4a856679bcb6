import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { isEventId } from "../log/eventId.ts";
import { countEvents } from "../log/countEvents.ts";
import { findPage } from "../log/findPage.ts";
import { createMatcher } from "../log/matchFilter.ts";
import { readEvents } from "../log/readEvents.ts";
import { lastPosition, readAccountAfter } from "../log/readPositions.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { checkWhole, refuseField } from "./checkQuery.ts";
import {
  isEventDefinition,
  lanes,
  type AnyEventDefinition,
  type TypedDefinition,
  type EventShape,
} from "./defineEvent.ts";
import type { Beside, EntityLike, EventFilter, NamesOf } from "./filter.ts";
import { checkNames, normalFilter } from "./filter.ts";
import { withoutHiddenCauses } from "./hiddenCauses.ts";
import { pageBounds, pageNames, pageOf, type Page, type PageRequest } from "./page.ts";
import { positionedEvent, recordedEvent, type PositionedEvent, type RecordedEvent } from "./recordedEvent.ts";
import type { Registry } from "./registry.ts";
import { traceEvent, type EventTrace } from "./trace.ts";
import { maySee, viewerKeys } from "./viewer.ts";

export type EventQuery = EventFilter & PageRequest;

type RunQuery = EventFilter & { after?: number | undefined; limit?: number | undefined };
const runNames: Beside<RunQuery> = { after: true, limit: true };

/** A stretch of the log, in the order of positions. */
export interface EventRun {
  readonly events: readonly PositionedEvent[];
  /** Everything up to here was looked at: pass it as `after` for the next stretch. */
  readonly position: number;
  /** True when the log went further as the stretch was read. */
  readonly more: boolean;
}

/** Typed reads of the log. Every one is about one account; all but `read` give the newest first. */
export interface EventQueries {
  /** `events.list(cardMoved, { since })` gives typed events; `events.list({ types: ["card.*"] })` any. */
  list<Shape extends EventShape>(
    definition: TypedDefinition<Shape>,
    query?: Omit<EventQuery, "types">,
  ): Promise<Page<RecordedEvent<Shape>>>;
  list(query?: EventQuery): Promise<Page<RecordedEvent>>;
  count(definition: AnyEventDefinition, filter?: Omit<EventFilter, "types">): Promise<number>;
  count(filter?: EventFilter): Promise<number>;
  /**
   * Events after a position, oldest first: for exports and jobs that keep a cursor of their own. Looks at up to `limit`
   * (default 500, at most 1,000) events of the account, so that a rare type costs several short reads and not a long one.
   */
  read(query?: RunQuery): Promise<EventRun>;
  /** Throws EVENT_NOT_FOUND, also for an event of another account, and for one that the viewer may not see. */
  get(id: string, options?: Reading): Promise<RecordedEvent>;
  /** What led to an event, and what it led to. Throws EVENT_NOT_FOUND as `get` does. */
  trace(id: string, options?: Reading): Promise<EventTrace>;
  /** The newest event about an entity, of a type if one is given, or null. */
  latest<Shape extends EventShape>(
    of: EntityLike,
    definition: TypedDefinition<Shape>,
    options?: Reading,
  ): Promise<RecordedEvent<Shape> | null>;
  latest(of: EntityLike, options?: Reading): Promise<RecordedEvent | null>;
}

/** Of which account, and as whom: see EventFilter. */
type Reading = Pick<EventFilter, "account" | "viewer">;
const readingNames: NamesOf<Reading> = { account: true, viewer: true };

export interface QueryDependencies {
  readonly db: Database;
  readonly registry: Registry;
  /** The account to ask for: the given one, the context's, the fixed one. Throws ACCOUNT_MISSING. */
  readonly accountOf: (given: string | undefined) => string;
}

export function createEventQueries({ db, registry, accountOf }: QueryDependencies): EventQueries {
  async function list(query: EventQuery): Promise<Page<RecordedEvent>> {
    const filter = normalFilter(query, accountOf(query.account), registry, pageNames);
    const { events } = await findPage(db, filter, pageBounds(query));
    return pageOf(events, query, async (shown) =>
      asSeen(
        shown.map((event) => recordedEvent(event, registry)),
        filter.audiences,
      ),
    );
  }

  async function read(query: RunQuery = {}): Promise<EventRun> {
    const { after = 0, limit = 500 } = query;
    if (!Number.isSafeInteger(after) || after < 0)
      throw new TidingsError("INVALID_CURSOR", { detail: `after: ${after}` });
    checkWhole("limit", limit, 1, 1_000);
    const filter = normalFilter(query, accountOf(query.account), registry, runNames);
    const matches = createMatcher(filter);
    const last = await lastPosition(db);
    const run = await readAccountAfter(db, filter.account, after, last, limit);
    const found = run.events.filter(matches).map((event) => positionedEvent(event, registry));
    return {
      events: await asSeen(found, filter.audiences),
      position: Math.max(after, run.scannedTo),
      more: run.more,
    };
  }

  async function get(id: string, options: Reading = {}): Promise<RecordedEvent> {
    checkNames(options, readingNames);
    const audiences = audiencesOf(options);
    const [event] = await asSeen([recordedEvent(await find(id, options, audiences), registry)], audiences);
    return event!;
  }

  async function trace(id: string, options: Reading = {}): Promise<EventTrace> {
    checkNames(options, readingNames);
    const audiences = audiencesOf(options);
    return traceEvent({ db, registry }, await find(id, options, audiences), audiences);
  }

  async function find(
    id: string,
    options: Reading,
    audiences: readonly string[] | null,
  ): Promise<StoredEvent> {
    const account = accountOf(options.account);
    // The lane is not part of an id's text, so each is asked; the ids prune to one partition in each.
    const keys = isEventId(id) ? lanes.map((lane) => ({ account, lane, id })) : [];
    const [event] = await readEvents(db, keys);
    if (!event || !maySee(event.audience, audiences && new Set(audiences)))
      throw new TidingsError("EVENT_NOT_FOUND", { detail: `"${id.slice(0, 50)}"` });
    return event;
  }

  const asSeen = <Event extends RecordedEvent>(
    events: readonly Event[],
    audiences: readonly string[] | null,
  ) => withoutHiddenCauses(db, events, audiences);

  async function latest(of: EntityLike, second: AnyEventDefinition | Reading = {}, third: Reading = {}) {
    const typed = isEventDefinition(second);
    const options = typed ? third : second;
    checkNames(options, readingNames);
    const { items } = await list({ ...options, of, lanes, limit: 1, ...(typed && { types: [second] }) });
    return items[0] ?? null;
  }

  return {
    list: async (first: AnyEventDefinition | EventQuery = {}, query: EventQuery = {}) =>
      list(isEventDefinition(first) ? ofDefinition(first, query) : first),
    count: async (first: AnyEventDefinition | EventFilter = {}, filter: EventFilter = {}) => {
      const asked = isEventDefinition(first) ? ofDefinition(first, filter) : first;
      return countEvents(db, normalFilter(asked, accountOf(asked.account), registry));
    },
    read,
    get,
    trace,
    latest,
  } as EventQueries;
}

function audiencesOf({ viewer }: Reading): readonly string[] | null {
  return viewer === undefined ? null : viewerKeys(viewer);
}

/** Whoever asks for a definition wants its events in whichever lane it has. */
function ofDefinition<Filter extends EventFilter>(definition: AnyEventDefinition, filter: Filter): Filter {
  if (filter.types !== undefined) refuseField("types", "is what the definition says");
  return { ...filter, lanes: filter.lanes ?? [definition.lane], types: [definition] };
}
