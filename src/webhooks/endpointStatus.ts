import type { Transaction } from "../db/database.ts";
import { lockEndpoint } from "./endpointRow.ts";

const ENABLE = `
with run as (
  update tidings.endpoint_runs r set active = e.delivery = 'push'
    from tidings.endpoints e
   where r.account_id = $1 and r.endpoint_id = $2::uuid and e.account_id = r.account_id and e.id = r.endpoint_id)
update tidings.endpoints
   set status = 'enabled', status_reason = null, status_at = clock_timestamp(), updated_at = clock_timestamp(), revision = revision + 1
 where account_id = $1 and id = $2::uuid`;

/**
 * Sends to it again, with a clean slate: what it failed before does not disable it at its first failure. What was held stays held,
 * because the receiver may have got it in another way; recovering sends it.
 */
export async function enableEndpoint(tx: Transaction, account: string, id: string): Promise<void> {
  const { status } = await lockEndpoint(tx, account, id);
  if (status === "enabled") return;
  await tx.query(ENABLE, [account, id]);
  await forgetFailures(tx, account, id);
}

const FORGET_FAILURES = `
update tidings.endpoint_runs
   set breaker = 'closed', breaker_until = '-infinity', breaker_wait = '0', window_at = '-infinity', window_done = 0, window_failed = 0,
       failed_in_row = 0, failing_since = null, failed_messages = 0, warned = 0, idle_turns = 0,
       next_at = case when active then clock_timestamp() else 'infinity' end
 where account_id = $1 and endpoint_id = $2::uuid`;

/** A new start: for an endpoint that is enabled again, and for one that is now elsewhere. */
export async function forgetFailures(tx: Transaction, account: string, id: string): Promise<void> {
  await tx.query(FORGET_FAILURES, [account, id]);
}

const DISABLE = `
with run as (
  update tidings.endpoint_runs set active = false, next_at = 'infinity' where account_id = $1 and endpoint_id = $2::uuid)
update tidings.endpoints
   set status = 'disabled', status_reason = 'asked', status_at = clock_timestamp(), updated_at = clock_timestamp(), revision = revision + 1
 where account_id = $1 and id = $2::uuid`;

/**
 * Nothing is claimed for it from now on. Requests under way end as they end. What waits in the queue is held by the next sweep, in
 * chunks: there may be hundreds of thousands of rows, too many for the transaction of a click.
 */
export async function disableEndpoint(tx: Transaction, account: string, id: string): Promise<void> {
  const { status } = await lockEndpoint(tx, account, id);
  if (status === "enabled") await tx.query(DISABLE, [account, id]);
}

const CANCEL_JOBS = `
update tidings.endpoint_jobs set state = 'cancelled', finished_at = clock_timestamp()
 where account_id = $1 and endpoint_id = $2::uuid and state = 'running'`;

const DELETE = `
with run as (
  update tidings.endpoint_runs set active = false, next_at = 'infinity' where account_id = $1 and endpoint_id = $2::uuid)
update tidings.endpoints
   set status = 'deleted', status_reason = null, status_at = clock_timestamp(), updated_at = clock_timestamp(), revision = revision + 1,
       secrets = '[]', headers = null
 where account_id = $1 and id = $2::uuid`;

/**
 * Its secrets and headers are gone at once. The row stays as long as deliveries are kept, and so does that of endpoint_runs: by it the
 * sweep finds what waits in the queue and lets it expire, also what a fan-out is writing at this moment.
 */
export async function deleteEndpoint(tx: Transaction, account: string, id: string): Promise<void> {
  // Before the endpoint is locked: a job holds its own row while it waits for the endpoint's, and the two would wait for each other.
  await tx.query(CANCEL_JOBS, [account, id]);
  await lockEndpoint(tx, account, id);
  await tx.query(DELETE, [account, id]);
}

const WAKE_WORKERS = "select tidings.wake_webhooks()::text as woken";

/** Tells the workers, at the commit, that an endpoint may have become due. */
export async function wakeWorkers(tx: Transaction): Promise<void> {
  await tx.query(WAKE_WORKERS);
}
