import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { lanes, type EventReference } from "./defineEvent.ts";
import { limits } from "./limits.ts";
import type { PreparedEvent } from "./prepare.ts";

/**
 * Completes the rows with their causes. An event in hand knows its depth; only a bare id costs a query.
 * Throws CAUSE_NOT_FOUND or CAUSE_CHAIN_TOO_LONG with the event's index.
 */
export async function findCauseDepths(
  on: Queryable,
  prepared: readonly PreparedEvent[],
): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  const looked = new Map<string, EventReference | undefined>();
  for (const [index, { row, cause }] of prepared.entries()) {
    if (cause === null) {
      rows.push(row);
      continue;
    }
    const known =
      typeof cause === "object" && cause.causeDepth !== undefined
        ? cause
        : await findOnce(on, row.account, cause, looked);
    if (!known) throw new TidingsError("CAUSE_NOT_FOUND", { path: ["causedBy"], index });
    const depth = known.causeDepth! + 1;
    if (depth > limits.causeDepth)
      throw new TidingsError("CAUSE_CHAIN_TOO_LONG", { detail: row.type, path: ["causedBy"], index });
    rows.push({ ...row, cause: { lane: known.lane, id: known.id, depth } });
  }
  return rows;
}

/** The events of one call often have one cause. */
async function findOnce(
  on: Queryable,
  account: string,
  cause: EventReference | string,
  looked: Map<string, EventReference | undefined>,
): Promise<EventReference | undefined> {
  const key = JSON.stringify([account, typeof cause === "string" ? cause : [cause.lane, cause.id]]);
  if (!looked.has(key)) looked.set(key, await find(on, account, cause));
  return looked.get(key);
}

// One branch a lane with literals: four partitions are opened, however many there are.
async function find(
  on: Queryable,
  account: string,
  cause: EventReference | string,
): Promise<EventReference | undefined> {
  const id = typeof cause === "string" ? cause : cause.id;
  const wanted = typeof cause === "string" ? lanes : [cause.lane];
  const branches = wanted.map(
    (lane) =>
      `select lane, id::text, cause_depth from tidings.events where account_id = $1 and lane = '${lane}' and id = $2::uuid`,
  );
  const [row] = await on.query<{ lane: EventReference["lane"]; id: string; cause_depth: number }>(
    branches.join(" union all "),
    [account, id],
  );
  return row && { lane: row.lane, id: row.id, causeDepth: row.cause_depth };
}
