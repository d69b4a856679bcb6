import type { Database } from "../../db/database.ts";
import type { Finding } from "./finding.ts";

/** PostgreSQL stops taking writes at about 2.1 billion; autovacuum begins to hurry at 200 million. */
const HIGH_AGE = 1_000_000_000;
const CRITICAL_AGE = 1_800_000_000;

/** Transaction ids run out where vacuum is off or held up; then no event can be written. */
export async function examineVacuum(db: Database): Promise<Finding[]> {
  const [row] = await db.query<{ age: number; autovacuum: boolean }>(
    `select age(datfrozenxid)::float8 as age, current_setting('autovacuum')::boolean as autovacuum
       from pg_database where datname = current_database()`,
  );
  const { age, autovacuum } = row!;
  const details = { transactionAge: age, autovacuum };
  const check = "vacuum";
  if (age > HIGH_AGE) {
    const summary = `The oldest transaction id is ${age.toLocaleString("en-US")} old; PostgreSQL stops writing at 2.1 billion`;
    const status = age > CRITICAL_AGE ? "bad" : "warning";
    return [
      {
        check,
        status,
        summary,
        fix: "End old transactions, drop abandoned replication slots, then: vacuum freeze;",
        details,
      },
    ];
  }
  if (!autovacuum) {
    const fix = "alter system set autovacuum = on; select pg_reload_conf();";
    return [{ check, status: "warning", summary: "Autovacuum is off", fix, details }];
  }
  return [
    { check, status: "fine", summary: "Autovacuum is on, transaction ids are plentiful", fix: null, details },
  ];
}
