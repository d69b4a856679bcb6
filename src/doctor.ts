import type { Database } from "./db/database.ts";
import { examineLog } from "./log/doctor.ts";
import type { Finding } from "./log/doctor/finding.ts";
import { examineScratches } from "./log/doctor/scratches.ts";
import { examineWebhooks } from "./webhooks/doctor.ts";

/**
 * Examines the log of `db`, its webhooks and what replays left beside it, and changes nothing. Works for any role that may read the tables, says what the
 * role hides, and costs the same on a large log: it counts no further than it must.
 */
export function examine(db: Database): Promise<Finding[]> {
  return examineLog(db, [
    ["webhooks", examineWebhooks],
    ["scratch databases", examineScratches],
  ]);
}
