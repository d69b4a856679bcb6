import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import { deliveryStates } from "../webhooks/deliveryState.ts";
import type { Api } from "./api.ts";
import { list, moment, pageCursors, pageParameters } from "./filterQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { mayManage, mayReadDeliveries } from "./webhookAccess.ts";
import {
  deliveryDetailsJson,
  deliveryDetailsSchema,
  deliveryJson,
  deliverySchema,
} from "./webhookDeliverySchema.ts";

const params = z.object({ id: z.string() });

const deliveryPageSchema = z
  .object({ items: z.array(deliverySchema), older: pageCursors.older })
  .openapi("DeliveryPage");

const listRoute = createRoute({
  method: "get",
  path: "/webhooks/deliveries",
  operationId: "listDeliveries",
  summary: "What went to the endpoints, and what became of it, newest first",
  request: {
    query: z.strictObject({
      endpoint: z.string().optional().openapi({ description: "Default: all endpoints." }),
      event: z.string().optional().openapi({ description: "Of this event, by its id." }),
      states: list(z.enum(deliveryStates), "In these states."),
      types: list(
        z.string(),
        "As endpoints ask for them: `card.moved`, `card.*`, `*.created` or `*`, also by older names.",
      ),
      since: moment("Made at or after this moment."),
      until: moment("Made before this moment."),
      before: pageParameters.before,
      limit: pageParameters.limit,
    }),
  },
  responses: {
    200: {
      description: "A page of deliveries.",
      content: jsonContent(deliveryPageSchema),
    },
    default: problemResponse,
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/webhooks/deliveries/{id}",
  operationId: "getDelivery",
  summary: "One delivery with its message and every attempt",
  request: { params, query: z.strictObject({}) },
  responses: {
    200: {
      description: "The delivery.",
      content: jsonContent(deliveryDetailsSchema),
    },
    default: problemResponse,
  },
});

const resendRoute = createRoute({
  method: "post",
  path: "/webhooks/deliveries/{id}/resend",
  operationId: "resendDelivery",
  summary: "Sends a delivery again, now, under the same id",
  request: { params, query: z.strictObject({}) },
  responses: {
    202: {
      description: "It is under way.",
      content: jsonContent(deliverySchema),
    },
    default: problemResponse,
  },
});

export function addWebhookDeliveryRoutes(api: Api, tidings: Tidings): void {
  api.openapi({ ...listRoute, middleware: mayReadDeliveries }, async (c) => {
    const { account } = c.get("identity");
    const { items, older } = await tidings.webhooks.deliveries.list({ ...c.req.valid("query"), account });
    return c.json({ items: items.map(deliveryJson), older }, 200);
  });

  api.openapi({ ...getRoute, middleware: mayReadDeliveries }, async (c) => {
    const { account } = c.get("identity");
    const details = await tidings.webhooks.deliveries.get(c.req.valid("param").id, { account });
    return c.json(deliveryDetailsJson(details), 200);
  });

  api.openapi({ ...resendRoute, middleware: mayManage }, async (c) => {
    const { account } = c.get("identity");
    const resent = await tidings.webhooks.deliveries.resend(c.req.valid("param").id, { account });
    return c.json(deliveryJson(resent), 202);
  });
}
