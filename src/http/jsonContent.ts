import type { z } from "@hono/zod-openapi";

/** The `content` of a request or an answer in JSON. */
export const jsonContent = <Schema extends z.ZodType>(schema: Schema) => ({ "application/json": { schema } });
