import type { Database } from "../../db/database.ts";
import { quoteIdentifier } from "../../db/schema.ts";
import type { Finding } from "./finding.ts";

interface ReadOnlyRow {
  standby: boolean;
  read_only: boolean;
  source: string;
  database: string;
  role: string;
}

const READ_ONLY = `
select pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as read_only,
       (select source from pg_settings where name = 'default_transaction_read_only') as source,
       current_database()::text as database, current_user::text as role`;

/** Whether this connection may write at all: one finding where it may not, otherwise none. All else looks well there. */
export async function examineWritable(db: Database): Promise<Finding[]> {
  const [row] = await db.query<ReadOnlyRow>(READ_ONLY);
  const { standby, read_only, source, database, role } = row!;
  if (!read_only) return [];
  const details = { standby, source };
  const check = "writes";
  if (standby) {
    const summary =
      "This server is a standby: the log can be read here, nothing can be recorded, and no worker can run";
    const fix = "Connect the app to the primary; or, if that is gone: select pg_promote();";
    return [{ check, status: "warning", summary, fix, details }];
  }
  const summary = `Nothing can be recorded: transactions of ${role} in ${database} are read-only (default_transaction_read_only, set by: ${source})`;
  const fix = `Find out why (some hosts do so when the disk is full), then undo it: ${undone(source, quoteIdentifier(database), quoteIdentifier(role))}`;
  return [{ check, status: "warning", summary, fix, details }];
}

/** `source` as in pg_settings. All but ALTER SYSTEM is a write itself. */
function undone(source: string, database: string, role: string): string {
  const reset = "reset default_transaction_read_only;";
  if (source === "database") return `begin read write; alter database ${database} ${reset} commit;`;
  if (source === "user") return `begin read write; alter role ${role} ${reset} commit;`;
  if (source === "database user")
    return `begin read write; alter role ${role} in database ${database} ${reset} commit;`;
  if (source === "configuration file") return `alter system ${reset} select pg_reload_conf();`;
  return "the connection or the server's command line says so";
}
