import { pglite } from "../../src/db/pglite.ts";
import { pgliteScratch } from "../../src/db/pgliteScratch.ts";
import { createTidings } from "../../src/index.ts";
import * as actions from "./actions.ts";
import { db, schema, tables } from "./database/database.ts";
import { secretKey } from "./database/secretKey.ts";
import { user } from "./entities.ts";
import * as events from "./events.ts";
import { german } from "./german.ts";
import { personOf } from "./person.ts";
import * as projections from "./projections.ts";

/** The board has one tenant. An app with customers takes theirs from the session. */
export const account = "launch-week";

export const tidings = createTidings({
  db: pglite(db),
  account,
  events,
  actions,
  projections,
  languages: [german],
  // The board's own tables can be made again from its actions.
  replay: {
    clear: tables,
    tables,
    scratch: () => pgliteScratch({ prepare: (empty) => empty.exec(schema) }),
  },
  webhooks: {
    secretKey,
    source: "/board",
    // The bundled receiver is on this machine. An app that sends to its customers leaves this out.
    allowAddresses: ["127.0.0.0/8", "::1/128"],
  },
  http: {
    basePath: "/tidings",
    // Whoever sits at this machine is its operator and may look into the dashboard. An app asks who somebody is, and answers
    // "reader" to its customers.
    async authorize(request) {
      const person = await personOf(request);
      return { account, actor: user(person.id, person.name), role: "operator" };
    },
  },
});
