import type { MiddlewareHandler } from "hono";
import { checkOption, type OptionKind } from "../checkOptions.ts";
import { TidingsError } from "../errors.ts";

const PREFLIGHT = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers":
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID",
  "access-control-max-age": "600",
};

/**
 * Answers CORS for the origins that the app allows, with credentials, and says nothing to all others. An empty list
 * sends no CORS header at all.
 *
 * Not `hono/cors`: it tells every origin that credentials are allowed and which headers, and answers each OPTIONS itself, also
 * one that is no preflight and one of an origin that is not on the list, before anybody is asked who it is.
 */
export function createCors(origins: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header("origin");
    const allowed = origin !== undefined && origins.has(origin);
    if (allowed && c.req.method === "OPTIONS" && c.req.header("access-control-request-method")) {
      return new Response(null, { status: 204, headers: { ...allow(origin), ...PREFLIGHT, vary: "Origin" } });
    }
    await next();
    if (origins.size > 0) c.header("vary", "Origin", { append: true });
    if (!allowed) return;
    for (const [name, value] of Object.entries(allow(origin))) c.header(name, value);
  };
}

function allow(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "ETag, Location, Retry-After",
  };
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site's page could make a browser send: a browser adds the cookies, whoever wrote the page.
 *
 * `Sec-Fetch-Site` decides where there is one, because no page can forge it and a proxy does not change it. Older
 * browsers send `Origin`, whose host must then be the request's own; X-Forwarded-Host is not looked at, because without
 * a proxy anyone may send it. Clients that are not browsers send neither, and cannot be tricked.
 *
 * Not `hono/csrf`: it lets pass what either header allows, so that a good `Origin` outweighs `Sec-Fetch-Site: cross-site`,
 * and looks only at what a form can send.
 */
export function createOriginGuard(origins: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    if (SAFE_METHODS.has(c.req.method) || cameFromOurselves(c.req.raw, origins)) return next();
    throw new TidingsError("CROSS_ORIGIN", { detail: c.req.header("origin")?.slice(0, 200) });
  };
}

function cameFromOurselves(request: Request, origins: ReadonlySet<string>): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null && origins.has(origin)) return true;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  return origin === null || hostOf(origin) === (request.headers.get("host") ?? new URL(request.url).host);
}

/** Undefined for the opaque origin, which is written `null`. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

const anOrigin: OptionKind = {
  holds: (value) => typeof value === "string" && URL.canParse(value) && new URL(value).origin === value,
  must: 'must be an origin such as "https://app.example.com"',
};

/** Checks the allow list that stands at `path`. `*` is refused: it would hand every account's feed to every site. */
export function originList(
  origins: readonly string[],
  path: readonly string[] = ["http", "origins"],
): ReadonlySet<string> {
  origins.forEach((origin, index) => checkOption(origin, anOrigin, [...path, index]));
  return new Set(origins);
}
