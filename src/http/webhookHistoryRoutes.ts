import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import type { PulledMessages } from "../webhooks/pull.ts";
import type { StatsBucket } from "../webhooks/stats.ts";
import type { Api } from "./api.ts";
import { moment, pageParameters } from "./filterQuery.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { mayManage } from "./webhookAccess.ts";

const params = z.object({ id: z.string() });

const bucketSchema = z
  .object({
    since: z.iso.datetime(),
    delivered: z.number().int(),
    failed: z.number().int().openapi({ description: "Attempts, not deliveries." }),
    averageMs: z.number().nullable(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
    maxMs: z.number().nullable(),
  })
  .openapi("StatsBucket");

const statsQuery = z.strictObject({
  since: moment("Default: 24 hours ago."),
  bucket: z
    .string()
    .regex(/^[0-9]{1,7}$/, "must be a whole number of seconds")
    .transform(Number)
    .optional()
    .openapi({ type: "integer", multipleOf: 300, default: 1_800, description: "Seconds." }),
});

const statsResponses = {
  200: {
    description: "The oldest first.",
    content: jsonContent(z.object({ items: z.array(bucketSchema) })),
  },
  default: problemResponse,
};

const statsRoute = createRoute({
  method: "get",
  path: "/webhooks/endpoints/{id}/stats",
  operationId: "readEndpointStats",
  summary: "How many attempts succeeded and failed over time, and how long they took",
  request: { params, query: statsQuery },
  responses: statsResponses,
});

const accountStatsRoute = createRoute({
  method: "get",
  path: "/webhooks/stats",
  operationId: "readWebhookStats",
  summary: "The same of all the account's endpoints together",
  request: { query: statsQuery },
  responses: statsResponses,
});

const pulledSchema = z
  .object({
    messages: z.array(
      z.object({
        id: z.string(),
        headers: z.record(z.string(), z.string()).openapi({ description: "As they would have been sent." }),
        body: z.string().openapi({ description: "Byte for byte what the signature is of." }),
      }),
    ),
    cursor: z.string().nullable().openapi({ description: "Pass as `after` the next time." }),
    more: z.boolean().openapi({ description: "True: ask again at once." }),
  })
  .openapi("PulledMessages");

const pullRoute = createRoute({
  method: "get",
  path: "/webhooks/endpoints/{id}/messages",
  operationId: "pullMessages",
  summary: "The endpoint's messages in order, for receivers that ask instead of being sent to",
  request: {
    params,
    query: z.strictObject({
      after: z.string().optional().openapi({ description: "The `cursor` of the answer before." }),
      limit: pageParameters.limit,
    }),
  },
  responses: {
    200: {
      description: "Messages, the oldest first.",
      content: jsonContent(pulledSchema),
    },
    default: problemResponse,
  },
});

export function addWebhookHistoryRoutes(api: Api, tidings: Tidings): void {
  api.openapi(statsRoute, async (c) => {
    const { account } = c.get("identity");
    const options = { ...c.req.valid("query"), account };
    const buckets = await tidings.webhooks.stats(c.req.valid("param").id, options);
    return c.json({ items: buckets.map(bucketJson) }, 200);
  });

  api.openapi(accountStatsRoute, async (c) => {
    const { account } = c.get("identity");
    const buckets = await tidings.webhooks.accountStats({ ...c.req.valid("query"), account });
    return c.json({ items: buckets.map(bucketJson) }, 200);
  });

  // They are signed: whoever may only look must not be able to send them to the receiver as ours.
  api.openapi({ ...pullRoute, middleware: mayManage }, async (c) => {
    const { account } = c.get("identity");
    const options = { ...c.req.valid("query"), account };
    return c.json(pulledJson(await tidings.webhooks.pull(c.req.valid("param").id, options)), 200);
  });
}

function bucketJson({ since, ...figures }: StatsBucket): z.infer<typeof bucketSchema> {
  return { since: since.toISOString(), ...figures };
}

function pulledJson({ messages, cursor, more }: PulledMessages): z.infer<typeof pulledSchema> {
  return {
    messages: messages.map(({ id, headers, body }) => ({
      id,
      headers: { ...headers },
      body: body.toString(),
    })),
    cursor,
    more,
  };
}
