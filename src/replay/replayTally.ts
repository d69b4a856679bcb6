import { storableText } from "../events/limits.ts";
import type { StoredEvent } from "../log/storedEvent.ts";

/** Events of one type and version to which the same happened. */
export interface ReplayCount {
  readonly type: string;
  readonly version: number;
  readonly events: number;
  /** `unknown`: nothing is defined that could replay them. `failed`: the first of them did; see `setAside`. */
  readonly by: "action" | "route" | "ignored" | "unknown" | "failed";
  /** Where a route leads, why they are ignored, what is unknown, or the code of the first failure. */
  readonly detail: string | null;
}

/** An event that was passed over because it could not be replayed. */
export interface SetAside {
  readonly position: number;
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly version: number;
  readonly code: string;
  readonly message: string;
}

/** What became of which events: kept with the progress, so that a replay which is continued can still tell all. */
export interface Tally {
  /** Events that were replayed, those inside others included. */
  readonly replayed: number;
  readonly counts: readonly ReplayCount[];
  readonly setAside: { readonly total: number; readonly first: readonly SetAside[] };
}

/** Set aside events are all counted and so many of them listed: the row that keeps them is written with every batch. */
const LISTED = 100;
const LISTED_CHARACTERS = 500;

export const emptyTally: Tally = { replayed: 0, counts: [], setAside: { total: 0, first: [] } };

/** A tally under way. */
export interface OpenTally {
  count(event: Pick<StoredEvent, "type" | "version">, by: ReplayCount["by"], detail: string | null): void;
  setAside(event: StoredEvent & { readonly position: number }, code: string, message: string): void;
  /** As it is now. */
  current(): Tally;
  /** Goes back to what it was: what was counted since is rolled back. */
  restore(tally: Tally): void;
}

/** Goes on counting from `tally`, which stays as it is. */
export function openTally(tally: Tally): OpenTally {
  const counts = new Map<string, ReplayCount>();
  let first: SetAside[] = [];
  let replayed = 0;
  let total = 0;
  const restore = (before: Tally) => {
    counts.clear();
    for (const count of before.counts) counts.set(keyOf(count), count);
    first = [...before.setAside.first];
    replayed = before.replayed;
    total = before.setAside.total;
  };
  const count: OpenTally["count"] = ({ type, version }, by, detail) => {
    if (by === "action" || by === "route") replayed++;
    const key = keyOf({ type, version, by, detail });
    counts.set(key, { type, version, by, detail, events: (counts.get(key)?.events ?? 0) + 1 });
  };
  restore(tally);
  return {
    count,
    restore,
    setAside: (event, code, message) => {
      const { position, id, account, type, version } = event;
      total++;
      const said = storableText(message, LISTED_CHARACTERS);
      if (first.length < LISTED) first.push({ position, id, account, type, version, code, message: said });
      count(event, code.startsWith("REPLAY_UNKNOWN_") ? "unknown" : "failed", code);
    },
    current: () => ({ replayed, counts: [...counts.values()], setAside: { total, first: [...first] } }),
  };
}

function keyOf({ type, version, by, detail }: Omit<ReplayCount, "events">): string {
  return JSON.stringify([type, version, by, detail]);
}
