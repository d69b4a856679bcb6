import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { AccessRole } from "../../src/http/identity.ts";
import { captureWebhooks, type WebhookCapture } from "../../src/testing/captureWebhooks.ts";
import { createTestTidings, type TestTidings } from "../../src/testing/createTestTidings.ts";
import { ann, events } from "../../test/support/boardEvents.ts";
import { buildDashboard } from "../build.ts";

export interface LogServer {
  readonly tidings: TestTidings;
  readonly receiver: WebhookCapture;
  /** Of the dashboard: `live?type=card.moved`. */
  url(path?: string): string;
  /** The server goes away as a process that ends, connections and all; the log stays. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/** Whose session a window has: `headersOf("acme", "reader")` for all its requests. */
export function headersOf(account: string, role: AccessRole = "operator"): Record<string, string> {
  return { "x-test-account": account, "x-test-role": role };
}

/**
 * An app with many customers whose only HTTP is Tidings' own, with the loops running: what the pages show really happens.
 * `cacheDirectory` as for `createTestTidings`.
 */
export async function startLogServer(cacheDirectory: string): Promise<LogServer> {
  const [tidings, receiver] = await Promise.all([
    createTestTidings({
      events,
      actor: ann,
      webhooks: { secretKey: Buffer.alloc(32, 7).toString("base64"), allowAddresses: ["127.0.0.1"] },
      http: {
        basePath: "/tidings",
        authorize: ({ headers }) => {
          const account = headers.get("x-test-account");
          const role = headers.get("x-test-role") as AccessRole;
          return account === null ? null : { account, actor: ann, role };
        },
      },
      cacheDirectory,
    }),
    captureWebhooks(),
    buildDashboard(),
  ]);
  await tidings.start();
  let server = await listen(tidings, 0);
  const { port } = server.address() as AddressInfo;
  const goAway = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return {
    tidings,
    receiver,
    url: (path = "") => `http://127.0.0.1:${port}/tidings/dashboard/${path}`,
    goAway,
    comeBack: async () => {
      server = await listen(tidings, port);
    },
    async stop() {
      await goAway();
      await tidings.close();
      await receiver.close();
    },
  };
}

async function listen(tidings: TestTidings, port: number): Promise<Server> {
  const server = createAdaptorServer({ fetch: tidings.handler }) as Server;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
