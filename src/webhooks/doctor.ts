import type { Database } from "../db/database.ts";
import type { Finding } from "../log/doctor/finding.ts";
import { runChecks } from "../log/doctor/runChecks.ts";
import { examineEndpoints } from "./doctor/endpoints.ts";
import { examineJobs } from "./doctor/jobs.ts";
import { examineMonths } from "./doctor/months.ts";
import { examinePayloads } from "./doctor/payloads.ts";
import { examineQueue } from "./doctor/queue.ts";

const IN_USE = "select exists (select from tidings.endpoints where status <> 'deleted') as in_use";

/** What there is to say about webhooks: one line where nobody has an endpoint, for then nothing can be wrong with them. */
export async function examineWebhooks(db: Database): Promise<Finding[]> {
  const [row] = await db.query<{ in_use: boolean }>(IN_USE);
  if (!row!.in_use) {
    return [{ check: "webhooks", status: "fine", summary: "There are no endpoints", fix: null, details: {} }];
  }
  return runChecks(db, [
    ["webhook queue", examineQueue],
    ["webhook endpoints", examineEndpoints],
    ["webhook jobs", examineJobs],
    ["webhook payloads", examinePayloads],
    ["webhook partitions", examineMonths],
  ]);
}
