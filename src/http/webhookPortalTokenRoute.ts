import { createRoute, z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { requireRole } from "./identity.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import type { WebhookRouteOptions } from "./webhookRoutes.ts";

const requestSchema = z
  .strictObject({
    role: z.enum(["manage", "read"]).openapi({
      description: "`read`: look. `manage`: also change endpoints, and send again.",
    }),
    forSeconds: z.number().int().optional().openapi({
      minimum: 60,
      maximum: 86_400,
      default: 3_600,
      description: "A token cannot be called back: keep it short.",
    }),
  })
  .openapi("PortalTokenRequest");

const tokenRoute = createRoute({
  method: "post",
  path: "/webhooks/portal-tokens",
  operationId: "createPortalToken",
  summary: "Makes what opens the webhook portal for the account, for a while",
  request: {
    query: z.strictObject({}),
    body: { required: true, content: jsonContent(requestSchema) },
  },
  responses: {
    201: {
      description: "Sent as `Authorization: Bearer`; a page gets it in its URL's fragment.",
      content: jsonContent(z.object({ token: z.string() }).openapi("PortalToken")),
    },
    default: problemResponse,
  },
});

export function addWebhookPortalTokenRoute(
  api: Api,
  tidings: Tidings,
  { maxBodyBytes }: WebhookRouteOptions,
): void {
  api.openapi({ ...tokenRoute, middleware: jsonBody({ maxBodyBytes }) }, (c) => {
    const caller = c.get("identity");
    // Else a token could renew itself for ever.
    if (caller.portal !== null) {
      throw new TidingsError("FORBIDDEN", { detail: "A portal token makes no other" });
    }
    requireRole(caller, "service");
    const token = tidings.webhooks.portalToken({ ...c.req.valid("json"), account: caller.account });
    return c.json({ token }, 201, { "cache-control": "no-store" });
  });
}
