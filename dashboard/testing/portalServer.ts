import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { ann, events } from "../../test/support/boardEvents.ts";
import { createTestTidings, type TestTidings } from "../../src/testing/createTestTidings.ts";
import { buildDashboard } from "../build.ts";

export interface PortalServer {
  readonly tidings: TestTidings;
  /** The portal of one account, as an app would link to it. */
  url(account: string, role?: "manage" | "read"): string;
  stop(): Promise<void>;
}

/**
 * An app whose only HTTP is Tidings' own, with the loops running: what the page does really happens. `cacheDirectory` as for
 * `createTestTidings`.
 */
export async function startPortalServer(cacheDirectory: string): Promise<PortalServer> {
  const [tidings] = await Promise.all([
    createTestTidings({
      events,
      actor: ann,
      webhooks: { secretKey: Buffer.alloc(32, 7).toString("base64"), allowAddresses: ["127.0.0.1"] },
      http: { basePath: "/tidings" },
      cacheDirectory,
    }),
    buildDashboard(),
  ]);
  await tidings.start();
  const server = createAdaptorServer({ fetch: tidings.handler }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    tidings,
    url: (account, role = "manage") =>
      `http://127.0.0.1:${port}/tidings/portal/#token=${tidings.webhooks.portalToken({ account, role })}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await tidings.close();
    },
  };
}
