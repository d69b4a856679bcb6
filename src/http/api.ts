import { OpenAPIHono } from "@hono/zod-openapi";
import { getPathNoStrict } from "hono/utils/url";
import { TidingsError } from "../errors.ts";
import { withDotSegments } from "../pathSegment.ts";
import type { Caller } from "./identity.ts";
import { invalidRequest } from "./invalidRequest.ts";

/** What every route finds beside the request. */
export interface ApiEnv {
  Variables: { identity: Caller };
}

export type Api = OpenAPIHono<ApiEnv>;

/** An app whose routes are named from `base` on, so that they and their description do not depend on the mount. */
export function createApi(base: string): Api {
  return new OpenAPIHono<ApiEnv>({
    getPath: (request) => {
      const path = getPathNoStrict(request);
      if (path === base) return "/";
      return path.startsWith(`${base}/`) ? withDotSegments(path.slice(base.length)) : OUTSIDE;
    },
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error.issues);
    },
  });
}

/** Not a path that a request can have: matches no route. */
const OUTSIDE = "/\0";

/** `/tidings/` and `/tidings` as `/tidings`; `/` as the empty text. */
export function normalBasePath(basePath: string): string {
  // An encoded letter would be none that a request is compared with: its path is decoded before.
  if (!basePath.startsWith("/") || /[?#*:{}%]/.test(basePath) || !basePath.isWellFormed()) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `http.basePath "${basePath}" must be a path that begins with "/", not encoded and without ? # * : { }`,
      path: ["http", "basePath"],
    });
  }
  return basePath.replace(/\/+$/, "");
}

/** `https://app.example.com/tidings/` without the slash at its end. */
export function normalPublicUrl(publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined) return undefined;
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username !== ""
  ) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `http.publicUrl "${publicUrl}" must be an http(s) address without a query`,
      path: ["http", "publicUrl"],
    });
  }
  return url.href.replace(/\/+$/, "");
}
