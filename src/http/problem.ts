import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { errorTable, isTidingsError, TidingsError, type ErrorCode } from "../errors.ts";
import type { Signals } from "../signals.ts";

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

const findingShape = {
  code: z.enum(codes).openapi({ description: "What programs match on. Codes never change." }),
  detail: z.string().optional().openapi({ description: "What exactly was wrong this time." }),
  path: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .openapi({ description: "Where in the input, outermost key first." }),
  index: z.number().int().optional().openapi({ description: "Which event of a batch, from 0." }),
};

const findingSchema = z.object({ ...findingShape, title: z.string() }).openapi("Finding");

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: "urn:tidings:problem:INVALID_DATA" }),
    title: z.string().openapi({ description: "What the code means and what to do, for people." }),
    status: z.number().int(),
    ...findingShape,
    errors: z
      .array(findingSchema)
      .optional()
      .openapi({ description: "Each finding, where there are several." }),
    instance: z.string().optional().openapi({ description: "The path that was asked for." }),
  })
  .openapi("Problem");

export type Problem = z.infer<typeof problemSchema>;

/** The answer of every route that is not described otherwise. */
export const problemResponse = {
  description: "A problem (RFC 9457). `code` says which.",
  content: { "application/problem+json": { schema: problemSchema } },
};

/** Turns whatever was thrown into a response. What is not a TidingsError is told to the signals, not to the client. */
export function respondWithProblem(thrown: unknown, c: Context, signals: Signals): Response {
  const error = isTidingsError(thrown) ? thrown : new TidingsError("INTERNAL");
  if (error.status >= 500)
    signals.emit("http.failed", { method: c.req.method, path: c.req.path, error: thrown });
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
  };
  if (error.status === 401) headers["www-authenticate"] = "Tidings"; // RFC 9110 wants one; browsers ignore the unknown
  if (error.code === "TOO_MANY_STREAMS") headers["retry-after"] = "10";
  const body: Problem = { ...problemOf(error), instance: new URL(c.req.url).pathname };
  return new Response(JSON.stringify(body), { status: error.status, headers });
}

export function problemOf(error: TidingsError): Problem {
  return {
    type: `urn:tidings:problem:${error.code}`,
    title: errorTable[error.code].message,
    status: error.status,
    ...findingOf(error),
    ...(error.errors && {
      errors: error.errors.map((each) => ({ ...findingOf(each), title: errorTable[each.code].message })),
    }),
  };
}

function findingOf({ code, detail, path, index }: TidingsError): Pick<Problem, keyof typeof findingShape> {
  return {
    code,
    ...(detail !== undefined && { detail }),
    ...(path !== undefined && { path: [...path] }),
    ...(index !== undefined && { index }),
  };
}
