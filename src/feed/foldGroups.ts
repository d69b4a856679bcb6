import { recordedAt } from "../log/eventId.ts";

/** Events of one group that are further apart than this are two groups. */
export const GROUP_GAP_MS = 15 * 60_000;

export interface Foldable {
  readonly id: string;
  readonly occurredAt: Date;
}

/** Neighbours in time with one key, newest first. */
export interface Fold<Event extends Foldable> {
  /** Null for an event that is never grouped. */
  readonly key: string | null;
  readonly events: readonly Event[];
}

export interface Folded<Event extends Foldable> {
  /** In the order in which they were met. */
  readonly groups: readonly Fold<Event>[];
  /** How many of the events are in them: the first so many. */
  readonly taken: number;
}

/**
 * Puts events that follow one another, in either direction, into at most `limit` groups. Others may lie between two events of
 * a group. Stops at the event that would begin one group more, so that what is taken has no holes.
 */
export function foldGroups<Event extends Foldable>(
  events: readonly Event[],
  keyOf: (event: Event) => string | null,
  limit: number,
): Folded<Event> {
  const groups: { key: string | null; events: Event[] }[] = [];
  const open = new Map<string, Event[]>();
  let taken = 0;
  for (const event of events) {
    const key = keyOf(event);
    const members = key === null ? undefined : open.get(key);
    if (members && isNear(members.at(-1)!, event)) {
      members.push(event);
    } else {
      if (groups.length === limit) break;
      const begun = [event];
      groups.push({ key, events: begun });
      if (key !== null) open.set(key, begun);
    }
    taken++;
  }
  return { groups, taken };
}

/**
 * By both clocks: people read when it happened, and an import of last year's events is not one deed; and pages are bounded
 * by when it was recorded.
 */
export function isNear(one: Foldable, other: Foldable): boolean {
  const happened = Math.abs(one.occurredAt.getTime() - other.occurredAt.getTime());
  return happened <= GROUP_GAP_MS && isRecordedNear(one, other);
}

/** Ids are in the order of the log: beyond the first event that is not near, none is. */
export function isRecordedNear(one: Foldable, other: Foldable): boolean {
  return Math.abs(recordedAt(one.id) - recordedAt(other.id)) <= GROUP_GAP_MS;
}
