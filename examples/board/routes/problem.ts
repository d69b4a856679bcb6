import type { Context } from "hono";
import { isTidingsError } from "../../../src/index.ts";
import { NotFound } from "../domain/notFound.ts";

/** Answers in the shape that Tidings uses (RFC 9457), so that the page has one way of showing what went wrong. */
export function problem(
  c: Context,
  status: 400 | 404 | 409 | 415 | 422 | 500 | 503,
  code: string,
  detail: string,
): Response {
  return c.json({ status, code, title: detail, detail }, status, {
    "content-type": "application/problem+json",
  });
}

export function problemOf(error: Error, c: Context): Response {
  if (error instanceof NotFound) return problem(c, 404, "NOT_FOUND", error.message);
  if (isTidingsError(error) && error.status < 500) return problem(c, 422, error.code, error.message);
  // Not now, but soon: a replay is making the board again, or a projection is behind.
  if (isTidingsError(error) && error.status > 500) return problem(c, 503, error.code, error.message);
  console.error(error);
  return problem(c, 500, "INTERNAL", "The server failed. Nothing was changed and nothing was recorded.");
}
