import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EntityLike } from "../events/filter.ts";
import { checkText } from "../events/limits.ts";
import type { Registry } from "../events/registry.ts";
import { isEventId } from "../log/eventId.ts";
import { entityText } from "./entityText.ts";
import { readFilter, writtenFilter, type SavableFilter } from "./savableFilter.ts";

/** A filter under a name. */
export interface SavedFilter {
  readonly id: string;
  /** Who made it, as `type:id`. */
  readonly owner: string;
  /** Whether it belongs to the one who asked. Only owners change their filters. */
  readonly own: boolean;
  readonly name: string;
  /** Ready for `feed`: entities are written `type:id`, types are names or `card.*`. */
  readonly filter: SavableFilter;
  /** Whether everybody in the account sees it. */
  readonly shared: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface OwnedBy {
  /** Default: the context's account, then the fixed one. */
  readonly account?: string | undefined;
  /** Who asks: `user("ann")` or `"user:ann"`. */
  readonly owner: EntityLike;
}

export interface SavedFilterContent {
  /** 1 to 100 characters. */
  readonly name: string;
  readonly filter: SavableFilter;
  /** Default false. */
  readonly shared?: boolean | undefined;
}

/** What is absent stays as it is. */
export type SavedFilterChanges = {
  readonly [Field in keyof SavedFilterContent]?: SavedFilterContent[Field] | undefined;
};

/** Filters that people keep, 100 an owner. What cannot be a filter is INVALID_FILTER when it is saved. */
export interface SavedFilters {
  /** The owner's own by name, then up to 500 that others of the account share. */
  list(of: OwnedBy): Promise<SavedFilter[]>;
  create(given: OwnedBy & SavedFilterContent): Promise<SavedFilter>;
  /** Changes what is given. Throws SAVED_FILTER_NOT_FOUND, also for another one's. */
  update(given: OwnedBy & { readonly id: string } & SavedFilterChanges): Promise<SavedFilter>;
  delete(given: OwnedBy & { readonly id: string }): Promise<void>;
}

export interface SavedFilterDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

const MAX_FILTERS = 100;
const MAX_NAME_CHARACTERS = 100;

export function createSavedFilters({ db, registry, accountOf }: SavedFilterDependencies): SavedFilters {
  const ownerOf = (of: OwnedBy) => [accountOf(of.account), ownerKey(of.owner)] as const;
  const written = (filter: SavableFilter, account: string) => writtenFilter(filter, account, registry);

  return {
    list: async (of) => {
      const rows = await db.query<SavedRow>(LIST, [...ownerOf(of)]);
      return rows.map(savedFilter);
    },
    create: async (given) => {
      const [account, owner] = ownerOf(given);
      const content = [
        checkedName(given.name),
        written(given.filter, account),
        given.shared === true,
      ] as const;
      const [row] = await db.transaction(async (tx) => {
        // Of two requests at once, the second counts what the first has added.
        await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
          `saved_filters ${account} ${owner}`,
        ]);
        return tx.query<SavedRow>(CREATE, [account, owner, ...content]);
      });
      if (row === undefined) throw new TidingsError("TOO_MANY_SAVED_FILTERS");
      return savedFilter(row);
    },
    update: async (given) => {
      const [account, owner] = ownerOf(given);
      const name = given.name === undefined ? null : checkedName(given.name);
      const filter = given.filter === undefined ? null : written(given.filter, account);
      const change = [account, owner, known(given.id), name, filter, given.shared ?? null];
      const [row] = await db.query<SavedRow>(UPDATE, change);
      return savedFilter(row ?? notFound(given.id));
    },
    delete: async (given) => {
      const gone = await db.query(DELETE, [...ownerOf(given), known(given.id)]);
      if (gone.length === 0) notFound(given.id);
    },
  };
}

const COLUMNS = `id::text, owner, name, filter::text, shared, owner = $2 as own,
       extract(epoch from created_at)::float8 * 1000 as created_ms,
       extract(epoch from updated_at)::float8 * 1000 as updated_ms`;

const LIST = `
(select ${COLUMNS} from tidings.saved_filters where account_id = $1 and owner = $2)
union all
(select ${COLUMNS} from tidings.saved_filters
  where account_id = $1 and shared and owner <> $2 order by name, id limit 500)
order by own desc, name, id`;

const CREATE = `
insert into tidings.saved_filters (account_id, owner, name, filter, shared)
select $1::text, $2::text, $3::text, $4::text::jsonb, $5::boolean
 where (select count(*) from tidings.saved_filters where account_id = $1 and owner = $2) < ${MAX_FILTERS}
returning ${COLUMNS}`;

const UPDATE = `
update tidings.saved_filters
   set name = coalesce($4::text, name), filter = coalesce($5::text::jsonb, filter),
       shared = coalesce($6::boolean, shared), updated_at = now()
 where account_id = $1 and owner = $2 and id = $3::uuid
returning ${COLUMNS}`;

const DELETE = `
delete from tidings.saved_filters
 where account_id = $1 and owner = $2 and id = $3::uuid returning 1 as gone`;

interface SavedRow {
  id: string;
  owner: string;
  own: boolean;
  name: string;
  filter: string;
  shared: boolean;
  created_ms: number;
  updated_ms: number;
}

function savedFilter({ filter, created_ms, updated_ms, ...row }: SavedRow): SavedFilter {
  return {
    ...row,
    filter: readFilter(filter),
    createdAt: new Date(Math.round(created_ms)),
    updatedAt: new Date(Math.round(updated_ms)),
  };
}

function ownerKey(owner: EntityLike): string {
  return entityText(owner) ?? refuse("the owner must be an entity or type:id", "owner");
}

function checkedName(name: string): string {
  const trimmed = typeof name === "string" ? name.trim() : "";
  if (trimmed === "" || [...trimmed].length > MAX_NAME_CHARACTERS)
    refuse(`name must have 1 to ${MAX_NAME_CHARACTERS} characters`, "name");
  checkText(trimmed, ["name"]);
  return trimmed;
}

/** What is no id belongs to nobody. */
function known(id: string): string {
  return typeof id === "string" && isEventId(id) ? id : notFound(id);
}

function notFound(id: string): never {
  throw new TidingsError("SAVED_FILTER_NOT_FOUND", { detail: `"${String(id).slice(0, 50)}"` });
}

function refuse(detail: string, field: string): never {
  throw new TidingsError("INVALID_SAVED_FILTER", { detail, path: [field] });
}
