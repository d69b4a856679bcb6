import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import { signatureSchemes } from "../webhooks/endpoint.ts";
import type { WithSecret } from "../webhooks/endpoints.ts";
import type { Api } from "./api.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import {
  endpointChangesSchema,
  endpointInputSchema,
  endpointJson,
  endpointSchema,
  secretSchema,
  withSecretSchema,
} from "./webhookEndpointSchema.ts";
import { mayManage } from "./webhookAccess.ts";
import type { WebhookRouteOptions } from "./webhookRoutes.ts";

const query = z.strictObject({});
const params = z.object({ id: z.string() });
const oneEndpoint = { description: "The endpoint.", content: jsonContent(endpointSchema) };
const withSecret = {
  description: "The endpoint, and its secret for the only time.",
  content: jsonContent(withSecretSchema),
};

const listRoute = createRoute({
  method: "get",
  path: "/webhooks/endpoints",
  operationId: "listEndpoints",
  summary: "The account's endpoints, oldest first",
  request: { query },
  responses: {
    200: { description: "All of them.", content: jsonContent(z.object({ items: z.array(endpointSchema) })) },
    default: problemResponse,
  },
});

const createEndpointRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints",
  operationId: "createEndpoint",
  summary: "Adds an endpoint",
  request: { query, body: { required: true, content: jsonContent(endpointInputSchema) } },
  responses: { 201: withSecret, default: problemResponse },
});

const getRoute = createRoute({
  method: "get",
  path: "/webhooks/endpoints/{id}",
  operationId: "getEndpoint",
  summary: "One endpoint",
  request: { params, query },
  responses: { 200: oneEndpoint, default: problemResponse },
});

const updateRoute = createRoute({
  method: "patch",
  path: "/webhooks/endpoints/{id}",
  operationId: "updateEndpoint",
  summary: "Changes what is given; the next try of what is under way goes by it",
  request: { params, query, body: { required: true, content: jsonContent(endpointChangesSchema) } },
  responses: { 200: oneEndpoint, default: problemResponse },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/webhooks/endpoints/{id}",
  operationId: "deleteEndpoint",
  summary: "Deletes an endpoint; what was under way to it expires",
  request: { params, query },
  responses: { 204: { description: "Deleted." }, default: problemResponse },
});

const enableRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints/{id}/enable",
  operationId: "enableEndpoint",
  summary: "Sends to it again; what it missed is kept: see recover",
  request: { params, query },
  responses: { 200: oneEndpoint, default: problemResponse },
});

const disableRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints/{id}/disable",
  operationId: "disableEndpoint",
  summary: "Sends no more; what comes is held",
  request: { params, query },
  responses: { 200: oneEndpoint, default: problemResponse },
});

const rotationSchema = z
  .strictObject({
    graceSeconds: z.number().int().optional().openapi({
      minimum: 0,
      maximum: 604_800,
      default: 86_400,
      description: "For so long requests are signed with the old secret as well.",
    }),
    secret: secretSchema.optional(),
    scheme: z.enum(signatureSchemes).optional().openapi({
      description: "For a scheme that needs another kind of secret. Default: as before.",
    }),
  })
  .openapi("Rotation");

const rotateRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints/{id}/rotate",
  operationId: "rotateSecret",
  summary: "Gives the endpoint a new secret",
  request: { params, query, body: { content: jsonContent(rotationSchema) } },
  responses: { 200: withSecret, default: problemResponse },
});

export function addWebhookEndpointRoutes(
  api: Api,
  tidings: Tidings,
  { maxBodyBytes }: WebhookRouteOptions,
): void {
  api.openapi(listRoute, async (c) => {
    const { account } = c.get("identity");
    const items = (await tidings.webhooks.endpoints.list({ account })).map(endpointJson);
    return c.json({ items }, 200);
  });

  const middleware = [mayManage, jsonBody({ maxBodyBytes })];
  api.openapi({ ...createEndpointRoute, middleware }, async (c) => {
    const { account } = c.get("identity");
    const created = await tidings.webhooks.endpoints.create(c.req.valid("json"), { account });
    return c.json(withSecretJson(created), 201, UNSTORED);
  });

  api.openapi(getRoute, async (c) => {
    const { account } = c.get("identity");
    const endpoint = await tidings.webhooks.endpoints.get(c.req.valid("param").id, { account });
    return c.json(endpointJson(endpoint), 200);
  });

  api.openapi({ ...updateRoute, middleware }, async (c) => {
    const { account } = c.get("identity");
    const { id } = c.req.valid("param");
    const updated = await tidings.webhooks.endpoints.update(id, c.req.valid("json"), { account });
    return c.json(endpointJson(updated), 200);
  });

  api.openapi({ ...deleteRoute, middleware: mayManage }, async (c) => {
    const { account } = c.get("identity");
    await tidings.webhooks.endpoints.delete(c.req.valid("param").id, { account });
    return c.body(null, 204);
  });

  api.openapi({ ...enableRoute, middleware: mayManage }, async (c) => {
    const { account } = c.get("identity");
    const enabled = await tidings.webhooks.endpoints.enable(c.req.valid("param").id, { account });
    return c.json(endpointJson(enabled), 200);
  });

  api.openapi({ ...disableRoute, middleware: mayManage }, async (c) => {
    const { account } = c.get("identity");
    const disabled = await tidings.webhooks.endpoints.disable(c.req.valid("param").id, { account });
    return c.json(endpointJson(disabled), 200);
  });

  const optionalBody = [mayManage, jsonBody({ maxBodyBytes, optional: true })];
  api.openapi({ ...rotateRoute, middleware: optionalBody }, async (c) => {
    const { account } = c.get("identity");
    const options = { ...c.req.valid("json"), account };
    const rotated = await tidings.webhooks.endpoints.rotate(c.req.valid("param").id, options);
    return c.json(withSecretJson(rotated), 200, UNSTORED);
  });
}

/** An answer with a secret stays in no cache, not even in the browser's own. */
const UNSTORED = { "cache-control": "no-store" };

function withSecretJson({ endpoint, secret }: WithSecret): z.infer<typeof withSecretSchema> {
  return { endpoint: endpointJson(endpoint), secret };
}
