import { Pool } from "pg";
import { pg } from "../../../src/db/pg.ts";
import { pgScratch } from "../../../src/db/pgScratch.ts";
import { createTidings } from "../../../src/tidings.ts";
import { SECRET_KEY } from "./createShop.ts";
import * as actions from "./shopActions.ts";
import * as events from "./shopEvents.ts";
import { shopSchema, shopTables } from "./shopTables.ts";

/** The shop as its config file exports it. `adminUrl` is of a role that may create databases. */
export function createScratchShop(url: string, adminUrl: string) {
  const [pool, admin] = [url, adminUrl].map((connectionString) => new Pool({ connectionString }));
  // The test drops the database under an idle connection.
  for (const each of [pool!, admin!]) each.on("error", () => undefined);
  return createTidings({
    db: pg(pool!, { listen: false }),
    events,
    actions,
    secretKey: SECRET_KEY,
    replay: {
      clear: shopTables,
      tables: shopTables,
      scratch: () => pgScratch(admin!, { prepare: (scratch) => scratch.query(shopSchema) }),
    },
  });
}
