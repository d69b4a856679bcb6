import type { Context, MiddlewareHandler } from "hono";
import type { z } from "zod";
import { problem } from "./problem.ts";

type Checked<Schema extends z.ZodType> = { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } };

/**
 * Checks the body against `schema`; the handler reads it with `c.req.valid("json")`. Only application/json is
 * taken: browsers ask before they send that to another origin, so a foreign page cannot act for a person here.
 */
export function json<Schema extends z.ZodType>(
  schema: Schema,
): MiddlewareHandler<object, string, Checked<Schema>> {
  return async (c, next) => {
    if (!c.req.header("content-type")?.startsWith("application/json")) {
      return problem(c, 415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json.");
    }
    const checked = schema.safeParse(await parse(c));
    if (!checked.success) {
      const issue = checked.error.issues[0];
      return problem(
        c,
        400,
        "INVALID_REQUEST",
        `${issue?.path.join(".") || "body"}: ${issue?.message ?? "is invalid"}`,
      );
    }
    c.req.addValidatedData("json", checked.data as object);
    return next();
  };
}

async function parse(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return undefined;
  }
}
