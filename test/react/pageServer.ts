import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { pglite } from "../../src/db/pglite.ts";
import { createTestTidings } from "../../src/testing/createTestTidings.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import type { TidingsOptions } from "../../src/tidingsOptions.ts";
import type { BuiltPage } from "./buildPage.ts";
import { placeOf, type Given } from "./page/place.ts";
import { events } from "./sampleEvents.ts";

export interface PageServer {
  readonly tidings: () => Tidings<unknown>;
  /** The page as one person of an account sees it; `query` as in page/place.ts, `ssr` renders it on the server. */
  url(account: string, person: string, query?: string): string;
  /** Ends the server with all its connections, as a deploy does. */
  kill(): Promise<void>;
  /** Starts another one on the same port and database. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** An app with the page and Tidings' own handler over one database. Who asks is in a cookie, which the page's address sets. */
export async function startPageServer(built: BuiltPage, cacheDirectory?: string): Promise<PageServer> {
  const database = await createTestTidings({ events, cacheDirectory });
  let tidings: Tidings<unknown>;
  let server: Server;
  let port = 0;

  async function start(): Promise<void> {
    tidings = createTidings<unknown>({
      db: pglite(database.pglite),
      events,
      http: { basePath: "/tidings", heartbeatMs: 2_000, authorize: identityOf },
    });
    await tidings.start();
    server = createAdaptorServer({ fetch: answer }) as Server;
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }

  async function kill(): Promise<void> {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    await tidings.stop();
  }

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/tidings/")) return tidings.handler(request);
    if (url.pathname === "/") return page(url, request);
    const file = await readFile(join(built.files, url.pathname)).catch(() => null);
    if (file === null) return new Response(null, { status: 404 });
    const type = url.pathname.endsWith(".js") ? "text/javascript" : "text/css";
    return new Response(new Uint8Array(file), {
      headers: { "content-type": url.pathname.endsWith(".woff2") ? "font/woff2" : type },
    });
  }

  async function page({ searchParams, origin }: URL, request: Request): Promise<Response> {
    const cookie = `who=${searchParams.get("account")}.${searchParams.get("as")}`;
    const initialPage = searchParams.has("ssr") ? await firstPage(origin, cookie, searchParams) : undefined;
    const given: Given = { initialPage };
    const html = searchParams.has("ssr") ? built.render(searchParams.toString(), given) : "";
    const dir = request.url.includes("dir=rtl") ? "rtl" : "ltr";
    return new Response(
      `<!doctype html><html lang="en" dir="${dir}"><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1"><title>Activity</title>
      <link rel="icon" href="data:,"><link rel="stylesheet" href="/client.css">
      <div id="root">${html}</div>
      <script type="application/json" id="given">${JSON.stringify(given).replaceAll("<", "\\u003c")}</script>
      <script type="module" src="/client.js"></script></html>`,
      { headers: { "content-type": "text/html; charset=utf-8", "set-cookie": `${cookie}; Path=/` } },
    );
  }

  async function firstPage(origin: string, cookie: string, query: URLSearchParams) {
    const { grouped, pageSize, show } = placeOf(query);
    const path = show === "timeline" ? "/timeline/card/1" : grouped ? "/feed/groups" : "/feed";
    const request = new Request(`${origin}/tidings${path}?limit=${pageSize}`, { headers: { cookie } });
    return (await (await tidings.handler(request)).json()) as Given["initialPage"];
  }

  await start();
  return {
    tidings: () => tidings,
    url: (account, person, query = "") =>
      `http://127.0.0.1:${port}/?${new URLSearchParams({ account, as: person })}${query && `&${query}`}`,
    kill,
    restart: start,
    async stop() {
      if (server.listening) await kill();
      await database.close();
    },
  };
}

const identityOf: NonNullable<TidingsOptions["http"]>["authorize"] = (request) => {
  const [, account, person] = /who=([^.;]+)\.([^.;]+)/.exec(request.headers.get("cookie") ?? "") ?? [];
  if (account === undefined || person === undefined) return null;
  return { account, actor: { type: "user", id: person, label: null }, role: "writer" };
};
