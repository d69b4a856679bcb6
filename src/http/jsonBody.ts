import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "./api.ts";
import { readJson } from "./readJson.ts";

export interface JsonBodyOptions {
  readonly maxBodyBytes: number;
  /** A request without a body counts as `{}`. Default false. */
  readonly optional?: boolean | undefined;
}

/** Stands before a route's own schema, which reads any body of any size: here it is refused as everywhere else. */
export function jsonBody({ maxBodyBytes, optional = false }: JsonBodyOptions): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { url, method, headers, body } = c.req.raw;
    const absent = body === null || (!headers.has("content-type") && headers.get("content-length") === "0");
    const given = optional && absent ? {} : await readJson(c.req.raw, maxBodyBytes);
    // Without the type a route would pass by its schema, and so by the defaults in it.
    const typed = new Headers(headers);
    typed.set("content-type", "application/json");
    c.req.raw = new Request(url, { method, headers: typed });
    // What the schema asks for: the body is read, and need not be parsed again.
    c.req.json = () => Promise.resolve(given as never);
    await next();
  };
}
