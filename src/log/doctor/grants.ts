import type { Database } from "../../db/database.ts";
import { blindWorkers } from "../../db/grants.ts";
import { quoteIdentifier, schemaArgument, schemaOf } from "../../db/schema.ts";
import type { Finding } from "./finding.ts";

interface GrantRow {
  table: string;
  role: string;
  rights: string;
}

// The owner's rights count too; without a list of its own (relacl is null) a table's owner has all of them.
const CHANGING_RIGHTS = `
select c.relname::text as table, coalesce(r.rolname::text, 'public') as role, string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as rights
  from pg_class c
  left join pg_inherits i on i.inhrelid = c.oid
  cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
  left join pg_roles r on r.oid = a.grantee
 where coalesce(i.inhparent, c.oid) in ('tidings.events'::regclass, 'tidings.timeline'::regclass)
   and c.relkind in ('r', 'p') and a.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
 group by c.relname, r.rolname
 order by c.relname, role`;

// Policies are asked of the table that a statement names: who may read a partition passes them by.
const BESIDE_POLICIES = `
select c.relname::text as table, coalesce(r.rolname::text, 'public') as role, 'select' as rights
  from pg_class c
  join pg_inherits i on i.inhrelid = c.oid
  cross join lateral aclexplode(c.relacl) a
  left join pg_roles r on r.oid = a.grantee
 where i.inhparent in ('tidings.events'::regclass, 'tidings.timeline'::regclass)
   and a.privilege_type = 'SELECT' and a.grantee <> c.relowner
 order by c.relname, role`;

const WITHOUT_POLICIES = `
select relname::text as table from pg_class
 where oid in ('tidings.events'::regclass, 'tidings.timeline'::regclass) and not relrowsecurity`;

/**
 * Whether the log can only grow, one account's reader sees one account, and workers see all. Superusers are above it.
 */
export async function examineGrants(db: Database): Promise<Finding[]> {
  const changing = await db.query<GrantRow>(CHANGING_RIGHTS);
  const beside = await db.query<GrantRow>(BESIDE_POLICIES);
  const blind = await blindWorkers(db);
  const open = (await db.query<{ table: string }>(WITHOUT_POLICIES)).map(({ table }) => table);
  const details = {
    changing: changing.slice(0, 20).map((grant) => ({ ...grant })),
    readsPartitions: beside.slice(0, 20).map((grant) => ({ ...grant })),
    withoutRowLevelSecurity: open,
    blindWorkers: blind,
  };
  const check = "grants";
  const table = (name: string) => `${quoteIdentifier(schemaOf(db))}.${quoteIdentifier(name)}`;
  const role = (name: string) => (name === "public" ? name : quoteIdentifier(name));
  const more = (count: number) => (count > 1 ? ` (and ${count - 1} more)` : "");
  if (changing[0]) {
    const grant = changing[0];
    const summary = `${grant.role} may ${grant.rights} ${grant.table}${more(changing.length)}: history can be changed`;
    const fix = `revoke update, delete, truncate on ${table(grant.table)} from ${role(grant.role)};`;
    return [{ check, status: "bad", summary, fix, details }];
  }
  if (open[0] !== undefined) {
    const summary = `Row level security is off on ${open.join(" and ")}: a read role sees every account`;
    const fix = `alter table ${table(open[0])} enable row level security;`;
    return [{ check, status: "bad", summary, fix, details }];
  }
  if (blind[0] !== undefined) {
    const summary = `Row level security hides events from ${blind[0]}${more(blind.length)}: its subscriptions pass over them`;
    const fix = `npx tidings migrate --app-role ${blind[0]}${schemaArgument(db)}`;
    return [{ check, status: "bad", summary, fix, details }];
  }
  if (beside[0]) {
    const grant = beside[0];
    const summary = `${grant.role} may read the partition ${grant.table}${more(beside.length)}, past row level security`;
    const fix = `revoke select on ${table(grant.table)} from ${role(grant.role)};`;
    return [{ check, status: "warning", summary, fix, details }];
  }
  return [
    {
      check,
      status: "fine",
      summary: "Nobody but a superuser can change or delete events",
      fix: null,
      details,
    },
  ];
}
