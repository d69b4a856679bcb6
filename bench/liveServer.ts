import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Pool } from "pg";
import type { Database } from "../src/db/database.ts";
import { pg } from "../src/db/pg.ts";
import { createTidings, type Tidings } from "../src/index.ts";
import * as events from "./boardEvents.ts";
import { actor } from "./boardEvents.ts";
import { answer } from "./childProcess.ts";

// The web process of the bench `live`: it serves streams and counts what it asks the database. The worker is another one.

let pool: Pool;
let tidings: Tidings;
let server: Server;
let reads = 0;

async function start(url: string): Promise<number> {
  pool = new Pool({ connectionString: url });
  tidings = createTidings({
    db: counted(pg(pool)),
    events,
    http: {
      authorize: (request) => ({
        account: request.headers.get("authorization")!,
        actor: actor(1),
        role: "reader",
      }),
    },
  });
  await tidings.start({ worker: false });
  const listener = getRequestListener(tidings.handler, { overrideGlobalObjects: false });
  server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1_024 }, resolve),
  );
  return (server.address() as AddressInfo).port;
}

function counted<Handle>(db: Database<Handle>): Database<Handle> {
  return {
    ...db,
    query: (...given) => {
      reads++;
      return db.query(...given);
    },
  };
}

answer({ start, reads: () => reads }, async () => {
  server.closeAllConnections();
  server.close();
  await tidings.stop();
  await pool.end();
});
