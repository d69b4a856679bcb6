import { createRoute, z } from "@hono/zod-openapi";
import type { Api } from "./api.ts";
import { entitySchema } from "./entitySchema.ts";
import { accessRoles } from "./identity.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";

const identitySchema = z
  .object({
    account: z.string(),
    actor: entitySchema,
    role: z.enum(accessRoles).openapi({ description: "Each may do what those before it may." }),
  })
  .openapi("Identity");

const identityRoute = createRoute({
  method: "get",
  path: "/identity",
  operationId: "readIdentity",
  summary: "Who asks, as the app says",
  request: { query: z.strictObject({}) },
  responses: {
    200: { description: "The caller.", content: jsonContent(identitySchema) },
    default: problemResponse,
  },
});

/** For pages that show who reads and hide what would be refused. */
export function addIdentityRoute(api: Api): void {
  api.openapi(identityRoute, (c) => {
    const { account, actor, role } = c.get("identity");
    c.header("cache-control", "no-store");
    return c.json({ account, actor, role }, 200);
  });
}
