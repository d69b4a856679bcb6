import { textArray, type Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EntityLike } from "../events/filter.ts";
import { checkIdentifier, checkText } from "../events/limits.ts";
import { isEventId } from "../log/eventId.ts";
import { entityText } from "./entityText.ts";

/** Whose mark, and in which feed. */
export interface MarkOf {
  /** Default: the context's account, then the fixed one. */
  readonly account?: string | undefined;
  /** Who reads: `user("ann")` or `"user:ann"`. */
  readonly reader: EntityLike;
  /** The app's name for a feed, at most 150 characters; each has its own mark. Default `account`. */
  readonly feed?: string | undefined;
}

/** How far somebody is in a feed. Both are 0 for a reader who has not begun: to them nothing is unread. */
export interface ReadMark {
  readonly feed: string;
  /** Events up to this position have been shown: the badge counts those after it. */
  readonly seen: number;
  /** Events up to this position have been read, or marked so. Never beyond `seen`. */
  readonly read: number;
  /** When it last moved; null for a reader who has not begun. */
  readonly updatedAt: Date | null;
}

/**
 * Marks move forward only: of two devices the larger position wins. The first move of a reader's mark begins: everything up to
 * there counts as read.
 */
export interface Marks {
  get(of: MarkOf): Promise<ReadMark>;
  /**
   * The reader joins: what comes from now on is unread, what was before is not. Changes nothing for a reader who has begun.
   * Without it, they begin when they first look.
   */
  begin(of: MarkOf): Promise<ReadMark>;
  /** The list was opened: everything up to the page's `position` is seen. */
  seen(move: MarkOf & { readonly position: number }): Promise<ReadMark>;
  /**
   * Everything up to `position` is read, and seen. "Mark all read" passes the `position` of the page that the reader was
   * looking at, so that what arrived since stays unread.
   */
  read(move: MarkOf & { readonly position: number }): Promise<ReadMark>;
  /**
   * These lines were opened: ids of events, 1 to 200. Ids that the account does not have are passed over, and so is an event
   * that has no position yet (the first 250 ms at most).
   */
  readItems(move: MarkOf & { readonly ids: readonly string[] }): Promise<ReadMark>;
}

export interface MarkDependencies {
  readonly db: Queryable;
  readonly accountOf: (given: string | undefined) => string;
}

const MAX_IDS = 200;

export function createMarks({ db, accountOf }: MarkDependencies): Marks {
  const move = async (
    of: MarkOf,
    {
      seen = null,
      read = null,
      ids = [],
    }: { seen?: string | null; read?: string | null; ids?: readonly string[] },
  ): Promise<ReadMark> => {
    const key = markKey(of, accountOf(of.account));
    const rows = await db.query<MarkRow>(MOVE, [...key, seen, read, textArray(ids)]);
    return readMark(markOf(key, rows));
  };
  return {
    get: async (of) => readMark(await findMark(db, markKey(of, accountOf(of.account)))),
    begin: async (of) => move(of, {}),
    seen: async ({ position, ...of }) => move(of, { seen: checked(position) }),
    read: async ({ position, ...of }) => move(of, { read: checked(position) }),
    readItems: async ({ ids, ...of }) => {
      if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_IDS)
        refuse(`ids must be a list of 1 to ${MAX_IDS}`, "ids");
      return move(of, { ids: ids.filter((id) => typeof id === "string" && isEventId(id)) });
    },
  };
}

function checked(position: number): string {
  if (!Number.isSafeInteger(position) || position < 0) refuse(`position ${position}`, "position");
  return String(position);
}

/** Account, reader, feed: checked, and in the order of the SQL's parameters. */
export type MarkKey = readonly [account: string, reader: string, feed: string];

/** A mark with the lines that were read one by one above it. */
export interface Mark extends ReadMark {
  /** False for a reader who has no mark yet. */
  readonly hasBegun: boolean;
  /** Nothing beyond this position has been read. */
  readonly lastRead: number;
  /** Whether the event at this position has been read. */
  isRead(position: number): boolean;
}

/** Throws INVALID_MARK. */
export function markKey({ reader, feed = "account" }: MarkOf, account: string): MarkKey {
  checkIdentifier(account, ["account"]);
  const text = entityText(reader) ?? refuse("the reader must be an entity or type:id", "reader");
  if (typeof feed !== "string" || feed === "" || feed.length > MAX_FEED_CHARACTERS)
    refuse(`feed must be a text of 1 to ${MAX_FEED_CHARACTERS} characters`, "feed");
  checkText(feed, ["feed"]);
  return [account, text, feed];
}

const MAX_FEED_CHARACTERS = 150;

export async function findMark(on: Queryable, key: MarkKey): Promise<Mark> {
  return markOf(key, await on.query<MarkRow>(FIND, key, { prepare: true }));
}

const MARK_COLUMNS = `m.seen::text, m.read::text, m.read_above::text as above,
       extract(epoch from m.updated_at)::float8 * 1000 as updated_ms`;

const FIND = `
select ${MARK_COLUMNS} from tidings.read_marks m where account_id = $1 and reader = $2 and feed = $3`;

// See 0009_reading.sql.
const MOVE = `
select ${MARK_COLUMNS} from tidings.move_marks($1, $2, $3, $4::bigint, $5::bigint, $6::uuid[]) m`;

interface MarkRow {
  seen: string;
  read: string;
  above: string;
  updated_ms: number;
}

function markOf([, , feed]: MarkKey, [row]: readonly MarkRow[]): Mark {
  if (row === undefined)
    return { feed, seen: 0, read: 0, updatedAt: null, hasBegun: false, lastRead: 0, isRead: () => true };
  const read = Number(row.read);
  // As PostgreSQL writes them: {[5,9),[12,13)}.
  const ranges = [...row.above.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => [
    Number(from),
    Number(to),
  ]);
  return {
    feed,
    seen: Number(row.seen),
    read,
    lastRead: Math.max(read, ...ranges.map(([, to]) => to! - 1)),
    updatedAt: new Date(Math.round(row.updated_ms)),
    hasBegun: true,
    isRead: (position) =>
      position <= read || ranges.some(([from, to]) => position >= from! && position < to!),
  };
}

/** What the reader is told of it. */
export function readMark({ feed, seen, read, updatedAt }: Mark): ReadMark {
  return { feed, seen, read, updatedAt };
}

function refuse(detail: string, field: string): never {
  throw new TidingsError("INVALID_MARK", { detail, path: [field] });
}
