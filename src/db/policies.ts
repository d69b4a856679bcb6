import { TidingsError } from "../errors.ts";
import type { Transaction } from "./database.ts";
import { quoteIdentifier } from "./schema.ts";
import { sqlStateOf } from "./sqlState.ts";

/**
 * Tables with row level security: what a role without a policy asks them, they answer with no rows. In the order in which
 * timelines lock them: taken the other way round, who makes policies and who reads a timeline would wait for each other.
 */
export const GUARDED_TABLES = ["timeline", "events"] as const;

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
  const standing = await tx.query<{ table: string }>(STANDING, [
    role,
    wanted.command === "all" ? "*" : "r",
    wanted.using,
  ]);
  const tables = GUARDED_TABLES.filter((guarded) => !standing.some(({ table }) => table === guarded));
  if (tables.length === 0) return;
  const to = quoteIdentifier(role);
  await givingWay(tx, patience, tables, async () => {
    for (const table of tables) {
      await tx.query(`drop policy if exists ${to} on tidings.${table}`);
      await tx.query(
        `create policy ${to} on tidings.${table} for ${wanted.command} to ${to} using (${wanted.using})`,
      );
    }
  });
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
  const [before] = await tx.query<{ timeout: string }>("select current_setting('lock_timeout') as timeout");
  await setLockTimeout(tx, `${lockMs}ms`);
  for (let tried = 1; !(await lockedInTime(tx, work)); tried++) {
    if (tried === tries) throw new TidingsError("TABLES_IN_USE", { detail: tables.join(" and ") });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await setLockTimeout(tx, before!.timeout);
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

async function setLockTimeout(tx: Transaction, timeout: string): Promise<void> {
  await tx.query("select set_config('lock_timeout', $1, true)", [timeout]);
}
