import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { readColumns, type EventKey } from "../log/readEvents.ts";
import { audienceOf } from "../log/storedEvent.ts";
import { lanes } from "./defineEvent.ts";
import { limits } from "./limits.ts";
import type { PreparedEvent } from "./prepare.ts";
import { refuseEvents } from "./refusedEvents.ts";
import { maySee, viewerKeys, type Viewer } from "./viewer.ts";

/**
 * Completes the rows with their causes. An event in hand knows its depth, and without bare ids nothing is awaited; all bare ids of a
 * call cost one query. What a viewer may not see does not exist: the answer would tell that it does. Throws CAUSE_NOT_FOUND or
 * CAUSE_CHAIN_TOO_LONG with the event's index, BATCH_INVALID where several are wrong.
 */
export function findCauseDepths(
  on: Queryable,
  prepared: readonly PreparedEvent[],
  viewer?: Viewer,
): EventRow[] | Promise<EventRow[]> {
  const wanted = bareCauses(prepared);
  if (wanted.length === 0) return withCauses(prepared, inHand);
  const audiences = viewer ? new Set(viewerKeys(viewer)) : null;
  return readCauses(on, wanted, audiences).then((find) => withCauses(prepared, find));
}

type Cause = NonNullable<PreparedEvent["cause"]>;
type FoundCause = NonNullable<EventRow["cause"]>;
type FindCause = (account: string, cause: Cause) => FoundCause | undefined;

function withCauses(prepared: readonly PreparedEvent[], findCause: FindCause): EventRow[] {
  const errors: TidingsError[] = [];
  const rows = prepared.map(({ row, cause }, index) => {
    if (cause === null) return row;
    const found = findCause(row.account, cause);
    if (found && found.depth < limits.causeDepth)
      return { ...row, cause: { ...found, depth: found.depth + 1 } };
    const path = ["causedBy"];
    errors.push(
      found
        ? new TidingsError("CAUSE_CHAIN_TOO_LONG", { detail: row.type, path, index })
        : new TidingsError("CAUSE_NOT_FOUND", { path, index }),
    );
    return row;
  });
  refuseEvents(errors, prepared.length);
  return rows;
}

function bareCauses(prepared: readonly PreparedEvent[]): EventKey[] {
  const wanted = new Map<string, EventKey>();
  for (const { row, cause } of prepared) {
    if (cause === null || inHand(row.account, cause)) continue;
    for (const key of keysOf(row.account, cause)) wanted.set(nameOf(key), key);
  }
  return [...wanted.values()];
}

/** An event that the caller holds, and not only its id. */
function inHand(_account: string, cause: Cause): FoundCause | undefined {
  return typeof cause === "object" && cause.causeDepth !== undefined
    ? { lane: cause.lane, id: cause.id, depth: cause.causeDepth }
    : undefined;
}

async function readCauses(
  on: Queryable,
  wanted: readonly EventKey[],
  audiences: ReadonlySet<string> | null,
): Promise<FindCause> {
  const rows = await readColumns<CauseRow>(on, CAUSE, wanted);
  const visible = rows.filter((row) => maySee(audienceOf(row.audience), audiences));
  const found = new Map(visible.map((row) => [nameOf(row), row]));
  return (account, cause) => {
    const [row] = keysOf(account, cause).flatMap((key) => found.get(nameOf(key)) ?? []);
    return inHand(account, cause) ?? (row && { lane: row.lane, id: row.id, depth: row.depth });
  };
}

const CAUSE = `e.account_id as account, e.lane, e.id::text, e.cause_depth as depth,
       array_to_json(e.audience)::text as audience`;

interface CauseRow extends EventKey {
  readonly depth: number;
  readonly audience: string | null;
}

/** The lane is not part of an id's text, so each is asked. */
function keysOf(account: string, cause: Cause): EventKey[] {
  return typeof cause === "string"
    ? lanes.map((lane) => ({ account, lane, id: cause }))
    : [{ account, lane: cause.lane, id: cause.id }];
}

function nameOf({ account, lane, id }: EventKey): string {
  return JSON.stringify([account, lane, id]);
}
