import type { Database } from "../../db/database.ts";
import { schemaArgument } from "../../db/schema.ts";
import type { Finding } from "./finding.ts";

/** Something to look at, and the name under which it is told when that cannot be done. */
export type Check = readonly [name: string, run: (db: Database) => Promise<Finding[]>];

/** One after the other. A check that the role may not make leaves the others. */
export async function runChecks(db: Database, checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, run] of checks) {
    findings.push(...(await run(db).catch((error: unknown) => [notExamined(db, name, error)])));
  }
  return findings;
}

export function notExamined(db: Database, check: string, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    check,
    status: "warning",
    summary: `Could not be examined: ${reason}`,
    fix: `Grant the role what the app's role has: npx tidings migrate --app-role ROLE${schemaArgument(db)}`,
    details: { error: reason },
  };
}
