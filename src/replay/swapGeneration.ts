import { setTimeout as pause } from "node:timers/promises";
import { textArray, type Database, type Transaction } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { lockProjection, readGenerations, type Generation, type Generations } from "./generations.ts";
import { quoteName, type PhysicalTable } from "./projectionTables.ts";
import { dropView, showTable } from "./projectionViews.ts";

/** Of a log that others write to, the end moves on while one looks at it. */
const NEARLY = 1_000;

/** Whether it has come so far that the swap may begin, which waits for the rest. */
export function isNearlyComplete(next: Generation, lastPosition: number): boolean {
  return next.position >= next.buildUpTo && next.position >= lastPosition - NEARLY;
}

/** Whether readers would lose nothing by being shown `next` from now on. */
function isComplete(next: Generation, { generations, lastPosition }: Generations): boolean {
  const live = generations.find(({ state }) => state === "live");
  return isNearlyComplete(next, lastPosition) && next.position >= (live?.position ?? 0);
}

/** The last steps of a build are short: what is live stands still for so long at most. */
const CATCH_UP_MS = 1_000;

/**
 * Shows `next` to everybody in place of what is live. Its position is never behind: readers do not go back in time. False
 * where it is not complete after all, or where somebody holds a view: then it gives way, and is to be tried again. `wake` makes
 * whoever builds it look for more at once.
 *
 * Views, not renamed tables: a table keeps its name for life, so that a process that has not noticed can only write into the
 * tables of its own version, and what others built on the view, and their rights to it, stay.
 */
export async function swapGeneration(db: Database, next: Generation, wake: () => void): Promise<boolean> {
  return givingWay(db, async (tx) => {
    await lockProjection(tx, next.name);
    const { generations } = await readGenerations(tx, next.name);
    const others = generations.filter(({ subscription }) => subscription !== next.subscription);
    const live = others.find(({ state }) => state === "live");
    // First what is live, or under constant load the other would never catch it up.
    if (live) await stand(tx, live);
    if (db.concurrent) await catchUp(tx, next, wake);
    await stand(tx, next);
    const now = await readGenerations(tx, next.name);
    const ready = now.generations.find(({ subscription }) => subscription === next.subscription);
    if (ready?.state !== "building" || !isComplete(ready, now)) return false;

    const shown = live?.tables ?? [];
    for (const table of ready.tables) await showTable(tx, table, shown);
    const kept = new Set(ready.tables.map(({ name }) => name));
    for (const { name } of shown) if (!kept.has(name)) await dropView(tx, name);
    // Whatever is older than what is live now, built or half built, has had its time.
    const outlived = others.filter((other) => other.version <= ready.version && other.state !== "retired");
    await retire(tx, outlived);
    await tx.query(
      "update tidings.projections set state = 'live', live_since = now() where subscription = $1",
      [ready.subscription],
    );
    return true;
  });
}

/** Drops the tables of a retired generation. False where somebody still reads them: to be tried again. */
export async function dropGeneration(db: Database, retired: Generation): Promise<boolean> {
  return givingWay(db, async (tx) => {
    await lockProjection(tx, retired.name);
    await dropTables(tx, retired.tables);
    await tx.query("delete from tidings.projections where subscription = $1 and state = 'retired'", [
      retired.subscription,
    ]);
    return true;
  });
}

/** Drops all that there is of a projection. False where somebody reads it: to be tried again. */
export async function removeProjection(db: Database, name: string): Promise<boolean> {
  return givingWay(db, async (tx) => {
    await lockProjection(tx, name);
    const { generations } = await readGenerations(tx, name);
    const shown = generations.find(({ state }) => state === "live")?.tables ?? [];
    for (const table of shown) await dropView(tx, table.name);
    await retire(tx, generations);
    await dropTables(
      tx,
      generations.flatMap(({ tables }) => tables),
    );
    await tx.query("delete from tidings.projections where name = $1", [name]);
    return true;
  });
}

async function dropTables(tx: Transaction, tables: readonly PhysicalTable[]): Promise<void> {
  for (const { physical } of tables) await tx.execute(`drop table if exists ${quoteName(physical)}`);
}

const LOCK_NOT_AVAILABLE = "55P03";

/**
 * While a view or a table waits for its lock, all who come later wait behind it. So it waits a quarter of a second at most,
 * which is also less than PostgreSQL takes to call two who wait for each other a deadlock.
 */
async function givingWay(db: Database, work: (tx: Transaction) => Promise<boolean>): Promise<boolean> {
  try {
    return await db.transaction(async (tx) => {
      await tx.execute("set local lock_timeout = '250ms'");
      return work(tx);
    });
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

/** Nothing is checkpointed until this transaction ends: positions stand still. */
async function stand(tx: Transaction, { subscription }: Generation): Promise<void> {
  await tx.query("select 1 as locked from tidings.subscriptions where name = $1 for update", [subscription]);
}

/** Waits until `next` is where the live one stands. */
async function catchUp(tx: Transaction, { name, subscription }: Generation, wake: () => void): Promise<void> {
  const until = performance.now() + CATCH_UP_MS;
  while (performance.now() < until) {
    const { generations } = await readGenerations(tx, name);
    const live = generations.find(({ state }) => state === "live");
    const next = generations.find((each) => each.subscription === subscription);
    if (!next || !live || next.position >= live.position) return;
    wake();
    await pause(10);
  }
}

/** Without its subscription a generation moves no more: a checkpoint under way finds nothing and is rolled back. */
async function retire(tx: Transaction, generations: readonly Generation[]): Promise<void> {
  const subscriptions = textArray(generations.map(({ subscription }) => subscription));
  await tx.query("update tidings.projections set state = 'retired' where subscription = any ($1::text[])", [
    subscriptions,
  ]);
  await tx.query("delete from tidings.subscriptions where name = any ($1::text[])", [subscriptions]);
}
