import { pathSegment } from "../../../src/react/pathSegment.ts";
import type { FeedEntity, FeedItem } from "../../../src/react/wire.ts";
import { read } from "./request.ts";

/** A moment at which the state of an entity may have changed. */
export interface StateMoment {
  readonly id: string;
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface StateMoments {
  /** False for a kind of entity that has no state. */
  readonly defined: boolean;
  /** Oldest first; the newest of them where there are many. */
  readonly items: readonly StateMoment[];
  /** False when there are earlier ones. */
  readonly complete: boolean;
}

export interface EntityState {
  readonly entity: FeedEntity;
  /** What was folded. */
  readonly state: unknown;
  /** The same just before the last of the events; null before the first. */
  readonly before: unknown;
  /** The last event that is in it; null where there is none yet. */
  readonly event: FeedItem | null;
  /** How many events it is made of. */
  readonly events: number;
}

export const readMoments = (type: string, id: string) =>
  read<StateMoments>(`${pathOf(type, id)}/state/moments`);

/** As it was once an event had happened. */
export const readState = (type: string, id: string, until: string) =>
  read<EntityState>(`${pathOf(type, id)}/state`, { until });

function pathOf(type: string, id: string): string {
  return `entities/${pathSegment(type)}/${pathSegment(id)}`;
}
