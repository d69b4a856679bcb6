import { setTimeout as pause } from "node:timers/promises";
import { textArray, type Queryable } from "../db/database.ts";

const LOOK_AGAIN_MS = 50;

// Each perform holds this lock until its transaction ends, see tidings.replay_under_way().
const IN_FLIGHT = `
select distinct virtualtransaction as transaction from pg_locks
 where locktype = 'relation' and database = (select oid from pg_database where datname = current_database())
   and relation = 'tidings.replays'::regclass and mode = 'AccessShareLock' and granted and pid is distinct from pg_backend_pid()`;

const STILL_OPEN = `${IN_FLIGHT} and virtualtransaction = any ($1::text[])`;

/**
 * Waits for the transactions that performed actions before the replay was there to be seen. Those that come after are refused, and
 * nobody else waits: a lock on the table would make all accounts queue behind the slowest transaction.
 */
export async function waitForPerforms(on: Queryable, signal: AbortSignal | undefined): Promise<void> {
  let open = await on.query<{ transaction: string }>(IN_FLIGHT);
  while (open.length > 0) {
    await pause(LOOK_AGAIN_MS);
    signal?.throwIfAborted();
    open = await on.query(STILL_OPEN, [textArray(open.map(({ transaction }) => transaction))]);
  }
}
