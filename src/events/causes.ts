import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { readColumns, type EventKey } from "../log/readEvents.ts";
import { lanes, type EventReference, type Lane } from "./defineEvent.ts";
import { limits } from "./limits.ts";
import type { PreparedEvent } from "./prepare.ts";
import { refuseEvents } from "./refusedEvents.ts";

/**
 * Completes the rows with their causes. An event in hand knows its depth; bare ids cost one query, however many they
 * are. Throws CAUSE_NOT_FOUND or CAUSE_CHAIN_TOO_LONG with the event's index, BATCH_INVALID where several are wrong.
 */
export async function findCauseDepths(
  on: Queryable,
  prepared: readonly PreparedEvent[],
): Promise<EventRow[]> {
  const depths = await readDepths(on, prepared.flatMap(unknownCauses));
  const errors: TidingsError[] = [];
  const refuse = (index: number, code: "CAUSE_NOT_FOUND" | "CAUSE_CHAIN_TOO_LONG", detail?: string) =>
    errors.push(new TidingsError(code, { detail, path: ["causedBy"], index }));

  const rows = prepared.map(({ row, cause }, index) => {
    if (cause === null) return row;
    const known = depthOf(cause) === undefined ? keysOf(row.account, cause).find(depths.has) : cause;
    if (known === undefined) {
      refuse(index, "CAUSE_NOT_FOUND");
      return row;
    }
    return row;
  });
  refuseEvents(errors, prepared.length);
  return rows;
}
