import type { Database } from "../../db/database.ts";
import type { Finding } from "../../log/doctor/finding.ts";
import { amount, duration } from "../../log/doctor/words.ts";
import { publicId } from "../publicId.ts";
import { fewNamed, START_A_WORKER } from "./fixes.ts";

/** A worker claims what is due within a quarter of a second, and every worker sweeps every ten. */
const LATE_MS = 60_000;
const COUNT_TO = 10_000;

interface QueueRow {
  waiting: number;
  due_ms: number;
  stuck: number;
  stuck_ms: number;
  stuck_ids: string;
  lost: number;
  lost_ms: number;
  /** Null: nobody ever did. */
  served_ms: number | null;
  fans_out: boolean;
}

// Stuck is what could have been sent a minute ago: its endpoint is active, its breaker let requests through and its rate limit
// had a token, and yet nobody turned to the endpoint since. An endpoint that is being served and has more than it can take is
// slow, not stuck. One look-up for each endpoint that has something in the queue, as in the sweep.
const QUEUE = `
with at as materialized (
  select m as now, m - ${LATE_MS} * interval '1 millisecond' as late from (select clock_timestamp() as m) clock
), due as materialized (
  select r.endpoint_id, oldest.run_at,
         oldest.run_at < at.late and r.last_served < at.late and tidings.looked_at(r, at.late) <= at.late as stuck
    from at cross join tidings.queued_endpoints() w
    join tidings.endpoint_runs r on r.account_id = w.account_id and r.endpoint_id = w.endpoint_id
   cross join lateral (
     select q.run_at from tidings.delivery_queue q
      where q.account_id = r.account_id and q.endpoint_id = r.endpoint_id and q.state = 0
      order by q.run_at, q.delivery_id limit 1) oldest
   where r.active and oldest.run_at <= at.now and tidings.looked_at(r, at.now) <= at.now
), lost as materialized (
  select leased_until from tidings.delivery_queue, at
   where state = 1 and leased_until < at.late order by leased_until limit ${COUNT_TO + 1}
)
select (select count(*) from (select from tidings.delivery_queue where state <> 1 limit ${COUNT_TO + 1}) w)::float8 as waiting,
       (select coalesce(extract(epoch from at.now - min(run_at)) * 1000, 0) from due)::float8 as due_ms,
       (select count(*) from due where stuck)::float8 as stuck,
       (select coalesce(extract(epoch from at.now - min(run_at)) * 1000, 0) from due where stuck)::float8 as stuck_ms,
       (select coalesce(json_agg(endpoint_id), '[]') from (
          select endpoint_id from due where stuck order by run_at, endpoint_id limit 3) few)::text as stuck_ids,
       (select count(*) from lost)::float8 as lost,
       (select coalesce(extract(epoch from at.now - min(leased_until)) * 1000, 0) from lost)::float8 as lost_ms,
       (select case when isfinite(max(last_served)) then extract(epoch from at.now - max(last_served)) * 1000 end
          from tidings.endpoint_runs)::float8 as served_ms,
       exists (select from tidings.subscriptions where name = 'webhooks') as fans_out
  from at`;

/** Whether what is due is being sent, and if not, whether anybody sends at all. */
export async function examineQueue(db: Database): Promise<Finding[]> {
  const [row] = await db.query<QueueRow>(QUEUE);
  const { waiting, stuck, lost, fans_out, ...queue } = row!;
  const details = {
    waiting,
    oldestDueMs: Math.round(queue.due_ms),
    stuckEndpoints: stuck,
    stuckMs: Math.round(queue.stuck_ms),
    lostLeases: lost,
    lostMs: Math.round(queue.lost_ms),
    servedMsAgo: queue.served_ms === null ? null : Math.round(queue.served_ms),
  };
  const problems: string[] = [];
  if (stuck > 0) {
    const ids = (JSON.parse(queue.stuck_ids) as string[]).map((id) => publicId("endpoint", id));
    problems.push(
      `Due for up to ${duration(queue.stuck_ms)} and not sent to ${amount(stuck, "endpoint")}${fewNamed(ids)}`,
    );
  }
  if (lost > 0) {
    problems.push(
      `${counted(lost)} held by a worker that is gone, for up to ${duration(queue.lost_ms)} beyond ${lost === 1 ? "its" : "their"} lease`,
    );
  }
  const found = { check: "webhook queue", details };
  if (problems.length > 0) {
    const summary = problems.join("; ");
    if (queue.served_ms === null)
      return [{ ...found, status: "bad", summary: `${summary}: no process sends`, fix: START_A_WORKER }];
    if (queue.served_ms > LATE_MS) {
      const since = `no process sends, the last one did ${duration(queue.served_ms)} ago`;
      return [{ ...found, status: "bad", summary: `${summary}: ${since}`, fix: START_A_WORKER }];
    }
    const fix =
      lost > 0
        ? "Look at the worker's signal loop.failed: the loop webhook sweep gives such deliveries back within 10 s"
        : "Raise webhooks.slots, or start another process with await tidings.start()";
    return [{ ...found, status: "warning", summary: `${summary}, although a process sends`, fix }];
  }
  if (!fans_out) {
    const summary = "There are endpoints, but no process has ever made deliveries of events";
    return [{ ...found, status: "warning", summary, fix: START_A_WORKER }];
  }
  const due = queue.due_ms > 0 ? `, what is due for ${duration(queue.due_ms)} at most` : "";
  const summary =
    waiting === 0 ? "Nothing waits" : `${counted(waiting)} ${waiting === 1 ? "waits" : "wait"}${due}`;
  return [{ ...found, status: "fine", summary, fix: null }];
}

function counted(deliveries: number): string {
  if (deliveries > COUNT_TO) return `More than ${COUNT_TO.toLocaleString("en-US")} deliveries`;
  return deliveries === 1 ? "1 delivery" : `${deliveries.toLocaleString("en-US")} deliveries`;
}
