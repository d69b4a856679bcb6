import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { pageDirectory } from "./buildPage.ts";
import type { Receiver } from "./receiver.ts";
import { boards } from "./routes/boards.ts";
import { cards } from "./routes/cards.ts";
import { problem, problemOf } from "./routes/problem.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { tidings } from "./tidings.ts";

/** The page speaks to nobody but this server: the browser enforces it. */
const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  objectSrc: ["'none'"],
  frameAncestors: ["'self'"],
};

/** Made once the page is built: the static files are looked for at once. */
export function createApp(receiver: Receiver): Hono {
  return (
    new Hono()
      // Before the headers: the portal has a policy of its own.
      .all("/tidings/*", (c) => tidings.handler(c.req.raw))
      .use(secureHeaders({ contentSecurityPolicy, strictTransportSecurity: false }))
      .route("/api/boards", boards)
      .route("/api/cards", cards)
      .route("/api/webhooks", webhookRoutes(receiver))
      .all("/api/*", (c) => problem(c, 404, "ROUTE_NOT_FOUND", "No such route."))
      .use("/assets/*", serveStatic({ root: pageDirectory, onFound: keepForever }))
      .use("/favicon.svg", serveStatic({ root: pageDirectory }))
      .get("/", async (c) => c.html(await page()))
      .get("/cards/:id", async (c) => c.html(await page()))
      .onError(problemOf)
  );
}

/** Vite writes a hash of the content into the name. */
function keepForever(_path: string, c: { header(name: string, value: string): void }): void {
  c.header("cache-control", "public, max-age=31536000, immutable");
}

function page(): Promise<string> {
  return readFile(join(pageDirectory, "index.html"), "utf8");
}
