import { setTimeout as pause } from "node:timers/promises";
import { TidingsError } from "../errors.ts";
import type { Queryable, Transaction } from "./database.ts";
import { withLockTimeout } from "./lockTimeout.ts";
import { quoteIdentifier } from "./schema.ts";
import { sqlStateOf } from "./sqlState.ts";

/**
 * Tables with row level security: what a role without a policy asks them, they answer with no rows. In the order in which
 * timelines lock them: taken the other way round, who makes policies and who reads a timeline would wait for each other.
 */
export const GUARDED_TABLES = ["timeline", "events"] as const;
export type GuardedTable = (typeof GUARDED_TABLES)[number];

/** What a role may do with which rows. A condition is written as PostgreSQL shows it: that is how it is found again. */
export interface RowPolicy {
  readonly command: "all" | "select";
  readonly using: string;
}

export interface LockPatience {
  /** A lock that is waited for stops who comes later: so it is given up after this many milliseconds, and tried again. */
  readonly lockMs: number;
  /** Between two tries others have their turn. */
  readonly pauseMs: number;
  readonly tries: number;
}

/** 250 ms is also less than PostgreSQL takes to call two who wait for each other a deadlock. In all 10 to 20 seconds. */
const PATIENCE: LockPatience = { lockMs: 250, pauseMs: 250, tries: 40 };

/**
 * Gives `role` this policy on each guarded table, and no other. One that stands is left alone: whoever makes or drops a policy
 * waits for all who read the table, a dump for instance, and all who come later wait behind. Throws TABLES_IN_USE.
 */
export async function setPolicies(
  tx: Transaction,
  role: string,
  wanted: RowPolicy,
  patience: LockPatience = PATIENCE,
): Promise<void> {
  const tables = await missingPolicies(tx, role, wanted);
  if (tables.length === 0) return;
  await givingWay(tx, patience, tables, async () => {
    for (const statement of tables.flatMap((table) => policyStatements(table, role, wanted)))
      await tx.query(statement);
  });
}

/** As SQL for somebody to run. It gives way by failing: one script cannot let others pass and try again. */
export function policyScript(tables: readonly GuardedTable[], role: string, wanted: RowPolicy): string[] {
  if (tables.length === 0) return [];
  return [
    "-- Policies wait for all who read the table, and who comes later waits behind: rather fail, and run this again.",
    `set local lock_timeout = '${PATIENCE.lockMs}ms';`,
    ...tables.flatMap((table) => policyStatements(table, role, wanted)).map((statement) => `${statement};`),
  ];
}

/** The guarded tables on which `role` does not have exactly this policy. */
export async function missingPolicies(
  on: Queryable,
  role: string,
  { command, using }: RowPolicy,
): Promise<GuardedTable[]> {
  const standing = await on.query<{ table: string }>(STANDING, [role, command === "all" ? "*" : "r", using]);
  return GUARDED_TABLES.filter((guarded) => !standing.some(({ table }) => table === guarded));
}

function policyStatements(table: GuardedTable, role: string, { command, using }: RowPolicy): string[] {
  const to = quoteIdentifier(role);
  return [
    `drop policy if exists ${to} on tidings.${table}`,
    `create policy ${to} on tidings.${table} for ${command} to ${to} using (${using})`,
  ];
}

// PostgreSQL sets brackets around an expression, and none around a constant.
const STANDING = `
select c.relname::text as table
  from pg_policy p
  join pg_class c on c.oid = p.polrelid
  join pg_roles r on r.rolname = p.polname
 where p.polrelid in ('tidings.timeline'::regclass, 'tidings.events'::regclass)
   and p.polname = $1 and p.polpermissive and p.polroles = array[r.oid] and p.polcmd::text = $2
   and pg_get_expr(p.polqual, p.polrelid) in ($3, '(' || $3 || ')') and p.polwithcheck is null`;

const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01"; // where the server's deadlock_timeout is the shorter one

async function givingWay(
  tx: Transaction,
  { lockMs, pauseMs, tries }: LockPatience,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  await withLockTimeout(tx, `${lockMs}ms`, async () => {
    for (let tried = 1; !(await lockedInTime(tx, work)); tried++) {
      if (tried === tries) throw new TidingsError("TABLES_IN_USE", { detail: tables.join(" and ") });
      await pause(pauseMs);
    }
  });
}

/** False: somebody uses a table for longer. The savepoint gives back what was locked until then. */
async function lockedInTime(tx: Transaction, work: () => Promise<void>): Promise<boolean> {
  await tx.query("savepoint tidings_policies");
  try {
    await work();
    await tx.query("release savepoint tidings_policies");
    return true;
  } catch (error) {
    const state = sqlStateOf(error);
    if (state !== LOCK_NOT_AVAILABLE && state !== DEADLOCK) throw error;
    await tx.query("rollback to savepoint tidings_policies");
    return false;
  }
}
