import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Context } from "hono";
import { TidingsError } from "../errors.ts";
import type { Api } from "./api.ts";

/** Where the build puts the page: beside this module, and beside the sources where it runs from them. */
const built = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/dashboard/" : "../dashboard/",
  import.meta.url,
);

/**
 * The page where customers see their webhooks: `/portal/#token=tdp_…`. It is served to everybody, because it holds nothing: what it
 * shows it asks for with the token, which stands in the fragment and so reaches no server and no log.
 */
export function addPortalRoute(api: Api, portalOrigins: ReadonlySet<string>): void {
  const policy = contentSecurityPolicy(portalOrigins);

  api.get("/portal", async (c) => {
    // Its files are named from its own folder, so that nobody has to know where the app mounts us.
    const { pathname, search } = new URL(c.req.url);
    if (!pathname.endsWith("/")) return c.redirect(`${pathname.split("/").at(-1)!}/${search}`, 308);
    const page = (await portalFiles()).get("portal.html")!;
    return file(c, "portal.html", page, { "cache-control": "no-cache", "content-security-policy": policy });
  });

  api.get("/portal/assets/:name", async (c) => {
    const name = c.req.param("name");
    const content = (await portalFiles()).get(name);
    if (content === undefined || name === "portal.html") throw new TidingsError("ROUTE_NOT_FOUND");
    // A hash of the content is part of the name.
    return file(c, name, content, { "cache-control": "public, max-age=31536000, immutable" });
  });
}

/** The page speaks to its own server and runs its own script; who may show it in a frame is the app's to say. */
function contentSecurityPolicy(portalOrigins: ReadonlySet<string>): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ["frame-ancestors", "'self'", ...portalOrigins].join(" "),
  ].join("; ");
}

function file(c: Context, name: string, content: Buffer, headers: Record<string, string>): Response {
  return c.body(new Uint8Array(content), 200, {
    ...headers,
    "content-type": contentTypes[extname(name)] ?? "application/octet-stream",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
};

let files: Promise<ReadonlyMap<string, Buffer>> | undefined;

/** Half a megabyte, read once. Only what the build wrote can be asked for: a name is looked up, never made into a path. */
function portalFiles(): Promise<ReadonlyMap<string, Buffer>> {
  files ??= readFiles().catch((error: unknown) => {
    files = undefined;
    throw new TidingsError("ROUTE_NOT_FOUND", {
      detail: "The portal page is not built: run `npm run build`",
      cause: error,
    });
  });
  return files;
}

async function readFiles(): Promise<ReadonlyMap<string, Buffer>> {
  const assets = new URL("assets/", built);
  const names = await readdir(assets);
  const read = async (name: string, url: URL): Promise<[string, Buffer]> => [name, await readFile(url)];
  return new Map(
    await Promise.all([
      read("portal.html", new URL("portal.html", built)),
      ...names.map((name) => read(name, new URL(encodeURIComponent(name), assets))),
    ]),
  );
}
