import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Server } from "node:http";
import { createApp } from "./app.ts";
import { buildPage } from "./buildPage.ts";
import { closeDatabase, createTables } from "./database/database.ts";
import { seed } from "./database/seed.ts";
import { rememberEarlierVisits } from "./earlierVisits.ts";
import { startReceiver, type Receiver } from "./receiver.ts";
import { tidings } from "./tidings.ts";
import { sendToReceiver } from "./webhooks.ts";

export interface RunningBoard {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Brings the database up to date, fills it on the first start, and listens on `port`, or on a free one if that is taken; the bundled
 * receiver on the one after it.
 */
export async function startBoard(port: number): Promise<RunningBoard> {
  await Promise.all([buildPage(), prepareDatabase()]);
  const receiver = await startReceiver(port === 0 ? 0 : port + 1);
  await sendToReceiver(receiver);
  await tidings.start();
  await rememberEarlierVisits();
  const server = await listen(port, receiver);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      // Live streams never end by themselves.
      server.closeAllConnections();
      await tidings.stop();
      await receiver.stop();
      await closeDatabase();
    },
  };
}

async function prepareDatabase(): Promise<void> {
  await createTables();
  await tidings.migrate();
  await seed();
}

async function listen(port: number, receiver: Receiver): Promise<Server> {
  const server = createAdaptorServer({ fetch: createApp(receiver).fetch }) as Server;
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!taken || port === 0) throw error;
    return listen(0, receiver);
  }
}
