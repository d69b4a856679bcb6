import { pathSegment } from "../../../src/react/pathSegment.ts";
import type { EntityRef, FeedEntity } from "../../../src/react/wire.ts";
import { read } from "./request.ts";

export interface FoundEntity {
  readonly entity: FeedEntity;
  /** When something last happened to it, ISO 8601. */
  readonly lastAt: string;
}

export interface EntityOverview {
  readonly entity: FeedEntity;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly events: number;
  /** False when there are more: what is counted is that of the newest 5,000. */
  readonly complete: boolean;
  readonly people: readonly { readonly actor: EntityRef; readonly count: number }[];
  /** By their Mondays, oldest first; weeks without events are left out. */
  readonly weeks: readonly WeekCount[];
}

export interface WeekCount {
  readonly week: string;
  readonly count: number;
}

interface SearchOptions {
  readonly limit?: number | undefined;
  /** Only of this kind: `card`. */
  readonly kind?: string | null | undefined;
}

export interface FoundEntities {
  readonly items: readonly FoundEntity[];
  /** False when there are older events than were looked at. */
  readonly complete: boolean;
}

/** The best match first; the latest where nothing is asked for. */
export function searchEntities(q: string, { limit = 20, kind }: SearchOptions = {}): Promise<FoundEntities> {
  return read<FoundEntities>("entities", { q, limit, types: kind });
}

/** Weeks are those of the reader's own time zone. */
export const readEntity = (type: string, id: string) =>
  read<EntityOverview>(`entities/${pathSegment(type)}/${pathSegment(id)}`, {
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
