import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { createApi } from "../../src/http/api.ts";
import { addPortalRoute } from "../../src/http/portalRoute.ts";
import { summaryOf, type SampleAccount } from "./sampleAccount.ts";

export interface SampleServer {
  /** Of the portal, with a token. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The real page over a made-up account that can be read. It changes nothing: what the page does is tested on the real API. */
export async function startSampleServer(account: SampleAccount): Promise<SampleServer> {
  const portal = createApi("");
  addPortalRoute(portal, new Set());
  const app = new Hono().route("/webhooks", readable(account)).mount("/", portal.fetch);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/portal/#token=${sampleToken}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Only the page reads it: it tells it what the bearer may do. */
const sampleToken = `tdp_${Buffer.from(JSON.stringify({ v: 1, account: "acme", role: "manage", exp: 4e9 })).toString("base64url")}.signature`;

function readable({ endpoints, deliveries, eventTypes, stats }: SampleAccount): Hono {
  return new Hono()
    .get("/event-types", (c) => c.json({ items: eventTypes }))
    .get("/endpoints", (c) => c.json({ items: endpoints }))
    .get("/endpoints/:id", (c) => c.json(endpoints.find(({ id }) => id === c.req.param("id"))))
    .get("/endpoints/:id/jobs", (c) => c.json({ items: [] }))
    .get("/endpoints/:id/recoverable", (c) => {
      const waiting = deliveries.filter(
        ({ endpoint, state }) => endpoint === c.req.param("id") && (state === "failed" || state === "held"),
      );
      return c.json({ deliveries: waiting.length, more: false });
    })
    .get("/endpoints/:id/stats", (c) => {
      const since = Date.parse(c.req.query("since")!);
      return c.json({ items: stats(c.req.param("id"), since, Number(c.req.query("bucket")) * 1_000) });
    })
    .get("/deliveries", (c) => {
      const states = c.req.queries("states") ?? [];
      const { endpoint, types, since, before, limit = "50" } = c.req.query();
      const fitting = deliveries.filter(
        (each) =>
          each.endpoint === endpoint &&
          (states.length === 0 || states.includes(each.state)) &&
          (types === undefined || each.type === types) &&
          (since === undefined || each.createdAt >= since),
      );
      const from = before === undefined ? 0 : fitting.findIndex(({ id }) => id === before) + 1;
      const items = fitting.slice(from, from + Number(limit)).map(summaryOf);
      return c.json({ items, older: from + items.length < fitting.length ? items.at(-1)!.id : null });
    })
    .get("/deliveries/:id", (c) => c.json(deliveries.find(({ id }) => id === c.req.param("id"))));
}
