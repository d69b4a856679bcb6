import type { Database } from "../../db/database.ts";
import type { Finding } from "../../log/doctor/finding.ts";
import { amount } from "../../log/doctor/words.ts";
import { publicId } from "../publicId.ts";
import { cancelCall, enableCall, endpointCommand, fewNamed, START_A_WORKER } from "./fixes.ts";

type Reason = "left" | "failed" | "disabled" | "unanswered";

interface JobsRow {
  /** Null: it goes on. */
  reason: Reason | null;
  count: number;
  account: string;
  id: string;
  endpoint: string;
}

// A job's next step is due within a second of the one before; only a failed one, and a disabled endpoint, put it off for
// 30 s. Each reason with its oldest job.
const JOBS = `
select distinct on (reason) reason, count(*) over (partition by reason)::float8 as count, account, id, endpoint
  from (select j.account_id as account, j.id::text, j.endpoint_id::text as endpoint, j.created_at,
               case when j.next_at < clock_timestamp() - interval '1 minute' then 'left'
                    when e.status <> 'enabled' then 'disabled'
                    when j.next_at > clock_timestamp() + interval '5 seconds' then 'failed'
                    when r.breaker <> 'closed' then 'unanswered' end as reason
          from tidings.endpoint_jobs j
          join tidings.endpoints e on e.account_id = j.account_id and e.id = j.endpoint_id
          join tidings.endpoint_runs r on r.account_id = j.account_id and r.endpoint_id = j.endpoint_id
         where j.state = 'running') running
 order by reason, created_at, account, id`;

/** Whether what somebody asked to be sent again, or from the beginning, is getting on. */
export async function examineJobs(db: Database): Promise<Finding[]> {
  const rows = await db.query<JobsRow>(JOBS);
  const check = "webhook jobs";
  const running = rows.reduce((sum, { count }) => sum + count, 0);
  const details = {
    running,
    ...Object.fromEntries(
      REASONS.map((reason) => [reason, rows.find((row) => row.reason === reason)?.count ?? 0]),
    ),
  };
  const stopped = REASONS.flatMap((reason) => rows.find((row) => row.reason === reason) ?? []);
  const worst = stopped[0];
  if (!worst) {
    const summary = running === 0 ? "None is under way" : `${amount(running, "job")} under way`;
    return [{ check, status: "fine", summary, fix: null, details }];
  }
  const parts = stopped.map(
    (row) => `${amount(row.count, "job")} ${words(row)}${fewNamed([publicId("job", row.id)])}`,
  );
  const status = worst.reason === "left" ? "bad" : "warning";
  return [{ check, status, summary: parts.join("; "), fix: fixFor(worst), details }];
}

/** The worst first. */
const REASONS = ["left", "failed", "disabled", "unanswered"] as const;

function words({ reason, count }: JobsRow): string {
  const one = count === 1;
  switch (reason) {
    case "left":
      return `${one ? "is" : "are"} due for over a minute: no process carries on with ${one ? "it" : "them"}`;
    case "failed":
      return `${one ? "fails" : "fail"} and ${one ? "is" : "are"} tried again every 30 s`;
    case "disabled":
      return `${one ? "waits" : "wait"} for a disabled endpoint`;
    default:
      return `${one ? "waits" : "wait"} for an endpoint that does not answer`;
  }
}

function fixFor({ reason, account, id, endpoint }: JobsRow): string {
  const cancel = `end it: ${cancelCall({ account, id })}`;
  switch (reason) {
    case "left":
      return START_A_WORKER;
    case "failed":
      return `Mend what the worker's signal loop.failed says of the loop webhook jobs, or ${cancel}`;
    case "disabled":
      return `Go on: ${enableCall({ account, id: endpoint })}, or ${cancel}`;
    default:
      return `See what it answers: ${endpointCommand("test", { account, id: endpoint })}, or ${cancel}`;
  }
}
