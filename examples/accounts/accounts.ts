import type { PGlite, Transaction } from "@electric-sql/pglite";
import { pglite } from "../../src/db/pglite.ts";
import { pgliteScratch } from "../../src/db/pgliteScratch.ts";
import { createTidings, type ReplayDefaults, type Tidings } from "../../src/index.ts";
import * as actions from "./actions.ts";
import { schema, tables } from "./database.ts";
import { routes } from "./routes.ts";

export { actions };

export type Accounts = Tidings<Transaction>;

/** The app, on an open database. `secretKey`: 32 random bytes in base64, from where the app keeps its other secrets. */
export function createAccounts(
  db: PGlite,
  secretKey: string,
  replay: ReplayDefaults<Transaction> = {},
): Accounts {
  return createTidings({
    db: pglite(db),
    events: {},
    actions,
    account: "example",
    secretKey,
    replay: {
      clear: tables,
      tables,
      routes,
      scratch: () => pgliteScratch({ prepare: (scratch) => scratch.exec(schema) }),
      ...replay,
    },
  });
}
