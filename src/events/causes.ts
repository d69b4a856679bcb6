import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { readColumns, type EventKey } from "../log/readEvents.ts";
import { audienceOf } from "../log/storedEvent.ts";
import { lanes } from "./defineEvent.ts";
import type { EventReference } from "./draft.ts";
import { limits } from "./limits.ts";
import type { PreparedEvent } from "./prepare.ts";
import { refuseEvents } from "./refusedEvents.ts";
import { maySee, viewerKeys, type Viewer } from "./viewer.ts";

/**
 * Completes the rows with their causes. An event in hand knows its depth; all bare ids of a call cost one query. What a viewer
 * may not see does not exist: the answer would tell that it does. Throws CAUSE_NOT_FOUND or CAUSE_CHAIN_TOO_LONG with the event's index, BATCH_INVALID where several are wrong.
 */
export async function findCauseDepths(
  on: Queryable,
  prepared: readonly PreparedEvent[],
  viewer?: Viewer,
): Promise<EventRow[]> {
  if (prepared.every(({ cause }) => cause === null)) return prepared.map(({ row }) => row);
  const findCause = await readCauses(on, prepared, viewer ? new Set(viewerKeys(viewer)) : null);
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

type Cause = NonNullable<PreparedEvent["cause"]>;
type FoundCause = NonNullable<EventRow["cause"]>;

async function readCauses(
  on: Queryable,
  prepared: readonly PreparedEvent[],
  audiences: ReadonlySet<string> | null,
): Promise<(account: string, cause: Cause) => FoundCause | undefined> {
  const wanted = new Map<string, EventKey>();
  for (const { row, cause } of prepared) {
    if (cause === null || isInHand(cause)) continue;
    for (const key of keysOf(row.account, cause)) wanted.set(nameOf(key), key);
  }
  const rows = await readColumns<CauseRow>(on, CAUSE, [...wanted.values()]);
  const visible = rows.filter((row) => maySee(audienceOf(row.audience), audiences));
  const found = new Map(visible.map((row) => [nameOf(row), row]));
  return (account, cause) => {
    if (isInHand(cause)) return { lane: cause.lane, id: cause.id, depth: cause.causeDepth };
    const [row] = keysOf(account, cause).flatMap((key) => found.get(nameOf(key)) ?? []);
    return row && { lane: row.lane, id: row.id, depth: row.depth };
  };
}

const CAUSE = `e.account_id as account, e.lane, e.id::text, e.cause_depth as depth,
       array_to_json(e.audience)::text as audience`;

interface CauseRow extends EventKey {
  readonly depth: number;
  readonly audience: string | null;
}

function isInHand(cause: Cause): cause is EventReference & { readonly causeDepth: number } {
  return typeof cause === "object" && cause.causeDepth !== undefined;
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
