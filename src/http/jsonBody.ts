import type { MiddlewareHandler } from "hono";
import { TidingsError } from "../errors.ts";
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
    const read = new Headers(headers);
    read.set("content-type", "application/json");
    read.delete("content-length");
    c.req.raw = new Request(url, { method, headers: read, body: written(given) });
    await next();
  };
}

/** Parsing takes any depth, writing some thousand levels: no body that is meant has them. */
function written(given: unknown): string {
  try {
    return JSON.stringify(given);
  } catch (cause) {
    throw new TidingsError("INVALID_REQUEST", { detail: "The body is nested too deeply", cause });
  }
}
