import type { Database, Transaction } from "../db/database.ts";
import type { ContextStore } from "../events/context.ts";
import { PROJECTION } from "../log/ownSubscriptions.ts";
import { keptPositions } from "../log/readPositions.ts";
import type { Projection } from "./defineProjection.ts";
import { lockProjection, readGenerations, type Generation } from "./generations.ts";
import {
  createTables,
  findView,
  physicalTables,
  tableNames,
  type PhysicalTable,
} from "./projectionTables.ts";
import { restoreStart } from "./restoreStart.ts";

export interface BeginDependencies {
  readonly db: Database;
  readonly contexts: ContextStore;
}

/**
 * Makes sure that this version of a projection exists or is being built; with `anew` that it is being built, beside what is
 * live. One that is being built already is joined. Null: a newer version is live, and an older one never takes its place.
 * Throws REPLAY_PRUNED where the log no longer
 * begins at its beginning and the projection cannot restore that, PROJECTION_NAME_TAKEN.
 */
export async function beginGeneration(
  { db, contexts }: BeginDependencies,
  projection: Projection,
  { anew }: { readonly anew: boolean },
): Promise<Pick<Generation, "generation"> | null> {
  const { name, version, tables } = projection;
  return db.transaction(async (tx) => {
    await lockProjection(tx, name);
    const { generations } = await readGenerations(tx, name);
    if (generations.some((other) => other.state === "live" && other.version > version)) return null;
    const ours = generations.filter((each) => each.version === version && each.state !== "retired");
    const present = ours.find(({ state }) => state === "building") ?? (anew ? undefined : ours.find(isLive));
    if (present) return present;

    const shown = generations.find(isLive)?.tables ?? [];
    for (const table of tables) await findView(tx, table.name, shown); // now, and not after hours of building
    const latest = generations.filter((each) => each.version === version).at(-1)?.generation ?? 0;
    const generation = latest + 1;
    const physical = physicalTables(tables, version, generation);
    const names = tableNames(physical);
    await createTables(tx, tables, names);
    const kept = await keptPositions(tx);
    const call = { contexts, tx, names, signal: new AbortController().signal };
    const position = await restoreStart(projection, call, kept);
    const buildUpTo = kept.last;
    await insertGeneration(tx, { name, version, generation, tables: physical, buildUpTo, position });
    return { generation };
  });
}

function isLive({ state }: Generation): boolean {
  return state === "live";
}

const INSERT_GENERATION = `
insert into tidings.projections (name, version, generation, state, subscription, tables, build_up_to)
values ($1, $2::int, $3::int, 'building', $4, $5::text::jsonb, $6::bigint)`;

const INSERT_SUBSCRIPTION = `
insert into tidings.subscriptions (name, slot, slots, position) values ($1, 0, 1, $2::bigint)`;

async function insertGeneration(
  tx: Transaction,
  generation: Pick<Generation, "name" | "version" | "generation" | "buildUpTo" | "position"> & {
    readonly tables: readonly PhysicalTable[];
  },
): Promise<void> {
  const { name, version, generation: number, tables, buildUpTo } = generation;
  const subscription = `${PROJECTION}${name}:${version}${number === 1 ? "" : `.${number}`}`;
  const parameters = [name, version, number, subscription, JSON.stringify(tables), String(buildUpTo)];
  await tx.query(INSERT_GENERATION, parameters);
  await tx.query(INSERT_SUBSCRIPTION, [subscription, String(generation.position)]);
}
