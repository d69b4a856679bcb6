import type { FeedItem, LiveItem } from "../../../../src/react/wire.ts";

/** One line of the log as it is shown. */
export interface LiveRow {
  readonly item: FeedItem;
  /** Null for what was read from before the stream began, until the stream brings it again. */
  readonly position: number | null;
  /** When it came to this page, on the page's own clock; null for what was there before. */
  readonly cameAt: number | null;
}

export interface LiveRows {
  /** Newest first. */
  readonly rows: readonly LiveRow[];
  /** What came while paused, newest first; null while rows go straight to the list. */
  readonly held: readonly LiveRow[] | null;
  /** How many came while paused, also those that `held` has no more room for. */
  readonly heldCount: number;
}

/** About 10 MB of sentences. Who looks for older events filters, or opens an entity. */
export const MAX_ROWS = 10_000;

export const noRows: LiveRows = { rows: [], held: null, heldCount: 0 };

/** What was recorded before the stream began, newest first. */
export function withHistory(rows: LiveRows, items: readonly FeedItem[]): LiveRows {
  const known = new Set(rows.rows.map(({ item }) => item.id));
  const older = items
    .filter(({ id }) => !known.has(id))
    .map((item) => ({ item, position: null, cameAt: null }));
  return { ...rows, rows: [...rows.rows, ...older].slice(0, MAX_ROWS) };
}

/**
 * What the stream brought, in the order of the log. Its first stretch, up to `from`, repeats history to tell the positions;
 * nothing of it is news.
 */
export function withNews(state: LiveRows, items: readonly LiveItem[], from: number, now: number): LiveRows {
  const old = items.filter(({ position }) => position <= from);
  const fresh = items
    .filter(({ position }) => position > from)
    .map((item) => ({ item, position: item.position, cameAt: now }))
    .reverse();
  const placed = old.length === 0 ? state : { ...state, rows: withPositions(state.rows, old) };
  if (fresh.length === 0) return placed;
  if (placed.held === null) return { ...placed, rows: [...fresh, ...placed.rows].slice(0, MAX_ROWS) };
  return {
    ...placed,
    held: [...fresh, ...placed.held].slice(0, MAX_ROWS),
    heldCount: placed.heldCount + fresh.length,
  };
}

export function paused(state: LiveRows): LiveRows {
  return state.held === null ? { ...state, held: [], heldCount: 0 } : state;
}

export function resumed(state: LiveRows): LiveRows {
  return { rows: [...(state.held ?? []), ...state.rows].slice(0, MAX_ROWS), held: null, heldCount: 0 };
}

/** Gives history its positions; what the page of history had no room for goes beneath it. */
function withPositions(rows: readonly LiveRow[], items: readonly LiveItem[]): readonly LiveRow[] {
  const positions = new Map(items.map(({ id, position }) => [id, position]));
  const placed = rows.map((row) => {
    const position = row.position ?? positions.get(row.item.id);
    return position === undefined || position === row.position ? row : { ...row, position };
  });
  const known = new Set(rows.map(({ item }) => item.id));
  const others = items
    .filter(({ id }) => !known.has(id))
    .map((item) => ({ item, position: item.position, cameAt: null }));
  if (others.length === 0) return placed;
  // Ids sort by the time of recording.
  return [...placed, ...others].toSorted((a, b) => (a.item.id < b.item.id ? 1 : -1)).slice(0, MAX_ROWS);
}
