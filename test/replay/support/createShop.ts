import type { Database } from "../../../src/db/database.ts";
import type { Scratch } from "../../../src/db/scratch.ts";
import { createTidings, type Tidings } from "../../../src/tidings.ts";
import type { OpenDatabase } from "../../support/describeOnDatabases.ts";
import * as actions from "./shopActions.ts";
import * as events from "./shopEvents.ts";
import * as past from "./shopPast.ts";
import { shopSchema, shopTables, type Tx } from "./shopTables.ts";

export type Shop = Tidings<Tx>;

const { shopRoutes: routes, ...oldActions } = past;

/** The shop on a database that has its tables. */
export function createShop(db: Database, leaseMs?: number): Shop {
  return createTidings({
    db: db as Database<Tx>,
    events,
    actions: [actions, oldActions],
    secretKey: SECRET_KEY,
    replay: { routes, clear: shopTables, tables: shopTables, leaseMs },
  });
}

/** Of tests: the golden histories were written with it. */
export const SECRET_KEY = Buffer.alloc(32, 7).toString("base64");

/** Another database of the same kind, to replay into. */
export async function shopScratch(open: OpenDatabase): Promise<Scratch<Tx>> {
  const { db, drop } = await open({ migrated: false });
  await createShopTables(db);
  return { db: db as Database<Tx>, drop, [Symbol.asyncDispose]: drop };
}

export async function createShopTables(db: Database): Promise<void> {
  await db.transaction((tx) => tx.execute(shopSchema));
}
