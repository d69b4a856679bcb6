import { z } from "@hono/zod-openapi";

/** One thing that events are about, as clients write and read it. */
export const entitySchema = z
  .object({
    type: z.string().openapi({ example: "card" }),
    id: z.string().openapi({ example: "42" }),
    label: z
      .string()
      .nullable()
      .openapi({ description: "Its name as it was when the event was recorded.", example: "Fix the login" }),
  })
  .openapi("Entity");
