import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "hono";
import { TidingsError } from "../errors.ts";
import { readPackaged } from "../packagedFiles.ts";
import type { Api } from "./api.ts";

export interface StaticPage {
  /** Where it lies below the mount: `/portal`. */
  readonly path: string;
  /** The file that the build wrote: `portal.html`. */
  readonly file: string;
  /** Other origins that may show it in a frame. Default: only its own. */
  readonly frameOrigins?: ReadonlySet<string> | undefined;
  /** Whether every path below it is the page's own: /dashboard/webhooks/ep_1. Default false. */
  readonly deepLinks?: boolean | undefined;
}

/**
 * Folders below a page; its places have three. Each makes every address in the page longer: a request of 16 KB of slashes
 * would get 400 KB.
 */
const DEEPEST = 10;

/** Serves a page to everybody: it holds nothing, what it shows it asks for over the API. */
export function addStaticPage(api: Api, { path, file, frameOrigins, deepLinks = false }: StaticPage): void {
  const policy = contentSecurityPolicy(frameOrigins ?? new Set());

  api.get(path, async (c) => {
    // Its files are named from its own folder, so that nobody has to know where the app mounts us.
    const { pathname, search } = new URL(c.req.url);
    if (!pathname.endsWith("/")) return c.redirect(`${pathname.split("/").at(-1)!}/${search}`, 308);
    return page(c, 0);
  });

  api.get(`${path}/assets/:name`, async (c) => {
    const name = c.req.param("name")!;
    const content = (await readBuild()).assets.get(name);
    if (content === undefined) throw new TidingsError("ROUTE_NOT_FOUND");
    // A hash of the content is part of the name.
    return answer(c, name, content, { "cache-control": "public, max-age=31536000, immutable" });
  });

  if (deepLinks) {
    api.get(`${path}/*`, (c) => {
      const { pathname } = new URL(c.req.url);
      const below = c.req.path.slice(path.length + 1).split("/").length - 1;
      if (below > DEEPEST) throw new TidingsError("ROUTE_NOT_FOUND");
      return page(c, below + (pathname.endsWith("/") ? 1 : 0));
    });
  }

  /** A page that is asked for `up` folders further down finds its files, and the API, so many folders higher. */
  async function page(c: Context, up: number): Promise<Response> {
    const content = (await readBuild()).pages.get(file)!;
    const placed = up === 0 ? content : content.replaceAll('"./', `"${"../".repeat(up)}`);
    return answer(c, file, placed, { "cache-control": "no-cache", "content-security-policy": policy });
  }
}

/** The page speaks to its own server and runs its own script; nothing else is loaded from anywhere. */
function contentSecurityPolicy(frameOrigins: ReadonlySet<string>): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ["frame-ancestors", "'self'", ...frameOrigins].join(" "),
  ].join("; ");
}

function answer(
  c: Context,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Response {
  return c.body(content, 200, {
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

interface Build {
  readonly pages: ReadonlyMap<string, string>;
  readonly assets: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

let build: Promise<Build> | undefined;

/** About a megabyte, read once. Only what the build wrote can be asked for: a name is looked up, never made into a path. */
function readBuild(): Promise<Build> {
  build ??= readPackaged(readFiles).catch((error: unknown) => {
    build = undefined;
    throw error;
  });
  return build;
}

async function readFiles(): Promise<Build> {
  const here = fileURLToPath(import.meta.url);
  const fromSources = here.endsWith(".ts");
  // Where the build puts the pages: beside this module, and beside the sources where it runs from them.
  const built = join(dirname(here), fromSources ? "../../dist/dashboard" : "../dashboard");
  if (fromSources && !existsSync(built))
    throw new TidingsError("ROUTE_NOT_FOUND", { detail: "The page is not built: run `npm run build`" });
  const folder = join(built, "assets");
  const [top, names] = await Promise.all([readdir(built), readdir(folder)]);
  const pages = top
    .filter((name) => extname(name) === ".html")
    .map(async (name) => [name, await readFile(join(built, name), "utf8")] as const);
  const assets = names.map(
    async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const,
  );
  return { pages: new Map(await Promise.all(pages)), assets: new Map(await Promise.all(assets)) };
}
