import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { mayManage } from "./webhookAccess.ts";
import { deliveryJson, deliverySchema } from "./webhookDeliverySchema.ts";
import type { WebhookRouteOptions } from "./webhookRoutes.ts";

const params = z.object({ id: z.string() });
const responses = {
  202: {
    description: "The delivery, which is under way.",
    content: jsonContent(deliverySchema),
  },
  default: problemResponse,
};

const sendSchema = z
  .strictObject({ event: z.string().openapi({ description: "The id of an event of the account." }) })
  .openapi("SendRequest");

const sendRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints/{id}/send",
  operationId: "sendEvent",
  summary: "Sends a past event to the endpoint, whatever its types and filter say",
  request: {
    params,
    query: z.strictObject({}),
    body: { required: true, content: jsonContent(sendSchema) },
  },
  responses,
});

const testSchema = z
  .strictObject({
    type: z.string().optional().openapi({
      description: "An event type. Default: the first that the endpoint takes.",
      example: "card.moved",
    }),
  })
  .openapi("TestRequest");

const testRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints/{id}/test",
  operationId: "testEndpoint",
  summary: "Sends an example of an event type, marked as a test",
  request: {
    params,
    query: z.strictObject({}),
    body: { content: jsonContent(testSchema) },
  },
  responses,
});

export function addWebhookSendRoutes(
  api: Api,
  tidings: Tidings,
  { maxBodyBytes }: WebhookRouteOptions,
): void {
  api.openapi({ ...sendRoute, middleware: [mayManage, jsonBody({ maxBodyBytes })] }, async (c) => {
    const { account } = c.get("identity");
    const { event } = c.req.valid("json");
    const sent = await tidings.webhooks.send(event, { endpoint: c.req.valid("param").id, account });
    return c.json(deliveryJson(sent), 202);
  });

  const optionalBody = jsonBody({ maxBodyBytes, optional: true });
  api.openapi({ ...testRoute, middleware: [mayManage, optionalBody] }, async (c) => {
    const { account } = c.get("identity");
    const options = { ...c.req.valid("json"), account };
    const sent = await tidings.webhooks.test(c.req.valid("param").id, options);
    return c.json(deliveryJson(sent), 202);
  });
}
