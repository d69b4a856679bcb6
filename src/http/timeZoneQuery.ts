import { z } from "@hono/zod-openapi";

export const timeZoneParameter = z.string().max(100).openapi({
  description: "Whose days: a name of the IANA database.",
  example: "Europe/Berlin",
});
