import type { Database } from "../../src/db/database.ts";
import type { Registry } from "../../src/events/registry.ts";
import { createSignals } from "../../src/signals.ts";
import { jobStep } from "../../src/webhooks/jobLoop.ts";
import { createMessageWriter } from "../../src/webhooks/writeMessage.ts";

/** Lets the waits between steps pass at once, as if the clock had gone on. */
export async function passTime(db: Database): Promise<void> {
  await db.query("update tidings.endpoint_jobs set next_at = '-infinity' where state = 'running'");
}

/** One step of the job that is due first, as a process makes it that just came up. */
export async function stepJob(db: Database, registry: Registry, signals = createSignals()): Promise<void> {
  const writer = createMessageWriter({ registry, source: "https://app.example.com" });
  await jobStep({ db, registry, signals, writer });
}

/**
 * Carries the only running job on until it is over. Between two steps everything that waits arrives, as if a worker had sent
 * it. Returns the deliveries that were sent, in the order of their ids step by step.
 */
export async function finishJob(
  db: Database,
  registry: Registry,
  account: string,
  signals = createSignals(),
): Promise<string[]> {
  const sent: string[] = [];
  for (let steps = 0; steps < 100; steps++) {
    await passTime(db);
    await stepJob(db, registry, signals);
    sent.push(...(await deliverAll(db, account)));
    const running = await db.query(
      "select 1 as one from tidings.endpoint_jobs where account_id = $1 and state = 'running'",
      [account],
    );
    if (running.length === 0) return sent;
  }
  throw new Error("The job did not end within 100 steps");
}

async function deliverAll(db: Database, account: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `with sent as (delete from tidings.delivery_queue where account_id = $1 returning delivery_id),
          told as (update tidings.deliveries d set state = 'delivered' from sent where d.account_id = $1 and d.id = sent.delivery_id)
     select delivery_id::text as id from sent order by delivery_id`,
    [account],
  );
  return rows.map(({ id }) => id);
}
