import type { Database } from "../db/database.ts";
import { pendingMigrations, schemaState } from "../db/migrate.ts";
import { schemaArgument } from "../db/schema.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { errorTable, isTidingsError } from "../errors.ts";
import type { Json, JsonObject } from "../events/serializable.ts";
import type { Finding } from "./doctor/finding.ts";
import { examineGrants } from "./doctor/grants.ts";
import { examineIndexes } from "./doctor/indexes.ts";
import { examinePartitions } from "./doctor/partitions.ts";
import { notExamined, runChecks, type Check } from "./doctor/runChecks.ts";
import { examineSequencer } from "./doctor/sequencer.ts";
import { examineSubscriptions } from "./doctor/subscriptions.ts";
import { examineTransactions } from "./doctor/transactions.ts";
import { examineVacuum } from "./doctor/vacuum.ts";
import { examineWritable } from "./doctor/writable.ts";

/** The log's own checks, and after them those of `others`: none where the tables are missing or of another version. */
export async function examineLog(db: Database, others: readonly Check[] = []): Promise<Finding[]> {
  const schema = await examineSchema(db);
  if (schema.status === "bad") return [schema];
  return [schema, ...(await runChecks(db, [...CHECKS, ...others]))];
}

const CHECKS: readonly Check[] = [
  ["writes", examineWritable],
  ["sequencer", examineSequencer],
  ["subscriptions", examineSubscriptions],
  ["partitions", examinePartitions],
  ["transactions", examineTransactions],
  ["indexes", examineIndexes],
  ["grants", examineGrants],
  ["vacuum", examineVacuum],
];

/** The worst status among the findings. */
export function worst(findings: readonly Finding[]): Finding["status"] {
  const has = (status: Finding["status"]) => findings.some((finding) => finding.status === status);
  return has("bad") ? "bad" : has("warning") ? "warning" : "fine";
}

const INSUFFICIENT_PRIVILEGE = "42501";

async function examineSchema(db: Database): Promise<Finding> {
  const check = "schema";
  try {
    const state = await schemaState(db);
    const pending = (await pendingMigrations(db)).map(({ name }) => name);
    const details: JsonObject = { state, pending, driver: db.driver, ...(await serverDetails(db)) };
    const migrate = `npx tidings migrate${schemaArgument(db)}`;
    if (state === "missing") {
      return { check, status: "bad", summary: "The tables are missing", fix: migrate, details };
    }
    if (pending.length > 0) {
      const summary = `Migrations are pending: ${pending.join(", ")}`;
      return { check, status: "bad", summary, fix: migrate, details };
    }
    const summary = `All migrations are applied (PostgreSQL ${String(details["serverVersion"])}, ${db.driver})`;
    return { check, status: "fine", summary, fix: null, details };
  } catch (error) {
    if (sqlStateOf(error) === INSUFFICIENT_PRIVILEGE)
      return { ...notExamined(db, check, error), status: "bad" };
    if (!isTidingsError(error)) throw error;
    const fix =
      error.code === "SCHEMA_NEWER"
        ? "Install the version of Tidings that migrated this database"
        : errorTable[error.code].message;
    return {
      check,
      status: "bad",
      summary: error.detail ?? error.message,
      fix,
      details: { code: error.code },
    };
  }
}

async function serverDetails(db: Database): Promise<{ [name: string]: Json }> {
  const [row] = await db.query<{ version: string; role: string }>(
    "select current_setting('server_version') as version, current_user::text as role",
  );
  return { serverVersion: row!.version.split(" ")[0]!, role: row!.role };
}
