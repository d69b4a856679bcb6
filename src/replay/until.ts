import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { isEventId } from "../log/eventId.ts";
import { idFloor } from "../log/findEvents.ts";

/** How far the past is taken: one of them. `eventId` is replayed too; `time` is that of recording. */
export type ReplayUntil =
  { readonly position: number } | { readonly eventId: string } | { readonly time: Date };

/** The last position to be replayed, and the id that everything replayed must lie before. */
export interface ReplayEnd {
  readonly position: number;
  readonly before: string | null;
}

/** Throws INVALID_OPTION unless it says exactly one moment that can be. */
export function checkUntil(until: ReplayUntil): void {
  const given = Object.entries(until).filter(([, value]) => value !== undefined);
  const [name, value] = given[0] ?? [];
  if (given.length !== 1) refuse("until must hold one of position, eventId and time");
  if (name === "position") {
    if (!Number.isSafeInteger(value) || (value as number) < 0)
      refuse(`until.position ${value} must be a whole number from 0`);
  } else if (name === "eventId") {
    if (typeof value !== "string" || !isEventId(value)) refuse("until.eventId must be the id of an event");
  } else if (name === "time") {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) refuse("until.time must be a valid Date");
  } else refuse(`until knows no "${name}"`);
}

/** Where a replay ends. Throws EVENT_NOT_FOUND for an event that the account does not have. */
export async function findEnd(
  on: Queryable,
  until: ReplayUntil | undefined,
  account: string | null,
  lastPosition: number,
): Promise<ReplayEnd> {
  if (until === undefined) return { position: lastPosition, before: null };
  if ("position" in until) return { position: Math.min(until.position, lastPosition), before: null };
  if ("eventId" in until) {
    return { position: await positionOf(on, until.eventId, account), before: null };
  }
  // Ids are made at the moment of recording, positions given after the commit: what was recorded before may come late.
  return { position: lastPosition, before: idFloor(until.time.getTime() + 1) };
}

async function positionOf(on: Queryable, eventId: string, account: string | null): Promise<number> {
  const [found] = await on.query<{ position: number }>(
    `select pos::float8 as position from tidings.event_order
      where event_id = $1::uuid and ($2::text is null or account_id = $2)`,
    [eventId, account],
  );
  if (found) return found.position;
  throw new TidingsError("EVENT_NOT_FOUND", { detail: `until.eventId ${eventId}` });
}

function refuse(detail: string): never {
  throw new TidingsError("INVALID_OPTION", { detail });
}
