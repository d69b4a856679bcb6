import { createRoute, z } from "@hono/zod-openapi";
import type { Tidings } from "../tidings.ts";
import type { EndpointJob } from "../webhooks/jobs.ts";
import type { Api } from "./api.ts";
import { moment } from "./filterQuery.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { mayManage } from "./webhookAccess.ts";
import type { WebhookRouteOptions } from "./webhookRoutes.ts";

const params = z.object({ id: z.string() });
const query = z.strictObject({});

export const jobSchema = z
  .object({
    id: z.string(),
    endpoint: z.string(),
    kind: z.enum(["recover", "backfill"]),
    state: z.enum(["running", "done", "cancelled"]),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    perSecond: z.number().int().openapi({ description: "The most that it sends in a second." }),
    progress: z.number().openapi({ description: "From 0 to 1." }),
    done: z.number().int().openapi({ description: "Deliveries made, or sent again, so far." }),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .openapi("EndpointJob");

const oneJob = { description: "The job.", content: jsonContent(jobSchema) };

const since = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const sinceDescription = { type: "string", format: "date-time" } as const;

const recoverableSchema = z
  .object({
    deliveries: z.number().int().openapi({ description: "Counted up to 10,000." }),
    more: z.boolean().openapi({ description: "There are more than were counted." }),
  })
  .openapi("Recoverable");

const previewRoute = createRoute({
  method: "get",
  path: "/webhooks/endpoints/{id}/recoverable",
  operationId: "previewRecovery",
  summary: "How many deliveries a recovery would send again",
  request: {
    params,
    query: z.strictObject({
      since: since.openapi({ ...sinceDescription, description: "At most 14 days before `until`." }),
      until: moment("Default: now."),
    }),
  },
  responses: {
    200: {
      description: "The number.",
      content: jsonContent(recoverableSchema),
    },
    default: problemResponse,
  },
});

const recoverySchema = z
  .strictObject({
    since: since.openapi(sinceDescription),
    until: since.optional().openapi({ ...sinceDescription, description: "Default: now." }),
  })
  .openapi("Recovery");

const recoverRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints/{id}/recover",
  operationId: "recoverEndpoint",
  summary: "Sends again what failed or was held and was never delivered",
  request: {
    params,
    query,
    body: { required: true, content: jsonContent(recoverySchema) },
  },
  responses: { 202: oneJob, default: problemResponse },
});

const backfillSchema = z
  .strictObject({
    from: z
      .union([
        z.literal("start"),
        z.strictObject({ position: z.number().int().min(0) }),
        z.strictObject({ time: since.openapi(sinceDescription) }),
      ])
      .openapi({ description: "The first event to send." }),
    perSecond: z.number().int().optional().openapi({ description: "At most so many a second." }),
  })
  .openapi("Backfill");

const backfillRoute = createRoute({
  method: "post",
  path: "/webhooks/endpoints/{id}/backfill",
  operationId: "backfillEndpoint",
  summary: "Sends history to the endpoint, below live traffic",
  request: {
    params,
    query,
    body: { required: true, content: jsonContent(backfillSchema) },
  },
  responses: { 202: oneJob, default: problemResponse },
});

const listRoute = createRoute({
  method: "get",
  path: "/webhooks/endpoints/{id}/jobs",
  operationId: "listJobs",
  summary: "The endpoint's recoveries and backfills, newest first",
  request: { params, query },
  responses: {
    200: {
      description: "The jobs.",
      content: jsonContent(z.object({ items: z.array(jobSchema) })),
    },
    default: problemResponse,
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/webhooks/jobs/{id}",
  operationId: "getJob",
  summary: "One recovery or backfill",
  request: { params, query },
  responses: { 200: oneJob, default: problemResponse },
});

const cancelRoute = createRoute({
  method: "delete",
  path: "/webhooks/jobs/{id}",
  operationId: "cancelJob",
  summary: "Ends a job; what it has already made is sent",
  request: { params, query },
  responses: { 200: oneJob, default: problemResponse },
});

export function addWebhookJobRoutes(api: Api, tidings: Tidings, { maxBodyBytes }: WebhookRouteOptions): void {
  api.openapi(previewRoute, async (c) => {
    const range = { ...c.req.valid("query"), account: c.get("identity").account };
    const { deliveries, more } = await tidings.webhooks.recoverable(c.req.valid("param").id, range);
    return c.json({ deliveries, more }, 200);
  });

  const middleware = [mayManage, jsonBody({ maxBodyBytes })];
  api.openapi({ ...recoverRoute, middleware }, async (c) => {
    const range = { ...c.req.valid("json"), account: c.get("identity").account };
    return c.json(jobJson(await tidings.webhooks.recover(c.req.valid("param").id, range)), 202);
  });

  api.openapi({ ...backfillRoute, middleware }, async (c) => {
    const options = { ...c.req.valid("json"), account: c.get("identity").account };
    return c.json(jobJson(await tidings.webhooks.backfill(c.req.valid("param").id, options)), 202);
  });

  api.openapi(listRoute, async (c) => {
    const { account } = c.get("identity");
    const jobs = await tidings.webhooks.jobs.list(c.req.valid("param").id, { account });
    return c.json({ items: jobs.map(jobJson) }, 200);
  });

  api.openapi(getRoute, async (c) => {
    const { account } = c.get("identity");
    return c.json(jobJson(await tidings.webhooks.jobs.get(c.req.valid("param").id, { account })), 200);
  });

  api.openapi({ ...cancelRoute, middleware: mayManage }, async (c) => {
    const { account } = c.get("identity");
    return c.json(jobJson(await tidings.webhooks.jobs.cancel(c.req.valid("param").id, { account })), 200);
  });
}

function jobJson(job: EndpointJob): z.infer<typeof jobSchema> {
  return {
    id: job.id,
    endpoint: job.endpoint,
    kind: job.kind,
    state: job.state,
    since: job.since.toISOString(),
    until: job.until.toISOString(),
    perSecond: job.perSecond,
    progress: job.progress,
    done: job.done,
    createdAt: job.createdAt.toISOString(),
    finishedAt: job.finishedAt?.toISOString() ?? null,
  };
}
