import { pglite } from "../../src/db/pglite.ts";
import { createTidings } from "../../src/index.ts";
import { db } from "./database/database.ts";
import { user } from "./entities.ts";
import * as events from "./events.ts";
import { personOf } from "./person.ts";

/** The board has one tenant. An app with customers takes theirs from the session. */
export const account = "launch-week";

export const tidings = createTidings({
  db: pglite(db),
  events,
  http: {
    basePath: "/tidings",
    // The page only reads here: what it changes goes through the app's own routes, and those record.
    async authorize(request) {
      const person = await personOf(request);
      return { account, actor: user(person.id, person.name), role: "reader" };
    },
  },
});
