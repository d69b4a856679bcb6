import type { Database } from "../db/database.ts";
import type { Signals } from "../signals.ts";
import { createLoop, type Loop } from "./loop.ts";
import { createPartitionsAhead } from "./partitions.ts";

const EVERY_MS = 3_600_000;
/** After a split gave way. A month stands ready, so there is no hurry; writers lose half a second a minute at most. */
const AFTER_LOCK_MS = 60_000;
const DELETE_AT_ONCE = 5_000;

/**
 * Once at start and then every hour: partitions ahead of time, and expired idempotency keys away. `others`: what else wants
 * to be kept in order; false asks for another try soon.
 */
export function createMaintenance(
  db: Database,
  signals: Signals,
  others: readonly (() => Promise<boolean>)[] = [],
): Loop {
  return createLoop("maintenance", signals, async () => {
    let done = await createPartitionsAhead(db, signals);
    while ((await deleteExpiredKeys(db)) === DELETE_AT_ONCE);
    for (const maintain of others) done = (await maintain()) && done;
    return done ? EVERY_MS : AFTER_LOCK_MS;
  });
}

// An hour late, so that no record call meets a key at the moment of its deletion.
const DELETE_EXPIRED = `
delete from tidings.idempotency_keys
 where (account_id, key) in (
   select account_id, key from tidings.idempotency_keys
    where expires_at < now() - interval '1 hour' order by expires_at limit ${DELETE_AT_ONCE} for update skip locked)
returning 1 as deleted`;

async function deleteExpiredKeys(db: Database): Promise<number> {
  return (await db.query(DELETE_EXPIRED)).length;
}
