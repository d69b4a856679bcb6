import { createRoute, z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import { oldestWaitingMs } from "../log/oldestWaiting.ts";
import { lastPosition } from "../log/readPositions.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { limitParameter } from "./filterQuery.ts";
import { requireRole } from "./identity.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { parkedJson, parkedPageSchema, subscriptionJson, subscriptionSchema } from "./subscriptionSchema.ts";

const params = z.object({ name: z.string() });
const query = z.strictObject({});

const subscriptionListSchema = z
  .object({
    lastPosition: z.number().int().openapi({ description: "The end of the log." }),
    items: z.array(subscriptionSchema),
  })
  .openapi("Subscriptions");

const listRoute = createRoute({
  method: "get",
  path: "/subscriptions",
  operationId: "listSubscriptions",
  summary: "How far each subscription is, and what holds it. For the role `operator`",
  request: { query },
  responses: {
    200: {
      description: "All that the log knows, by name, also those of other processes.",
      content: jsonContent(subscriptionListSchema),
    },
    default: problemResponse,
  },
});

const PAGE = 50;

const parkedRoute = createRoute({
  method: "get",
  path: "/subscriptions/{name}/parked",
  operationId: "listParked",
  summary: "The events that a subscription has set aside, in the order of the log",
  request: {
    params,
    query: z.strictObject({
      after: z
        .string()
        .regex(/^[0-9]{1,15}$/, "must be a position")
        .transform(Number)
        .optional()
        .openapi({ type: "integer", description: "Only those after this position: the `next` of a page." }),
      limit: limitParameter(200, PAGE, "Events on a page."),
    }),
  },
  responses: {
    200: { description: "A page of them.", content: jsonContent(parkedPageSchema) },
    default: problemResponse,
  },
});

const retrySchema = z
  .strictObject({
    positions: z.array(z.number().int().min(0)).min(1).max(1_000).optional().openapi({
      description: "Of parked events. Default: all of the subscription.",
    }),
  })
  .openapi("ParkedRetry");

const retryRoute = createRoute({
  method: "post",
  path: "/subscriptions/{name}/parked/retry",
  operationId: "retryParked",
  summary: "Asks for another try of parked events",
  request: { params, query, body: { content: jsonContent(retrySchema) } },
  responses: {
    202: {
      description: "Whoever runs the subscription makes it, each event by itself.",
      content: jsonContent(
        z.object({
          requested: z.number().int().openapi({
            description: "For so many that did not wait for a try already.",
          }),
        }),
      ),
    },
    default: problemResponse,
  },
});

const resumeRoute = createRoute({
  method: "post",
  path: "/subscriptions/{name}/resume",
  operationId: "resumeSubscription",
  summary: "Lets a stopped subscription try again from where it stopped",
  request: { params, query },
  responses: {
    200: { description: "As it is now.", content: jsonContent(subscriptionSchema) },
    default: problemResponse,
  },
});

export interface SubscriptionRouteOptions {
  readonly maxBodyBytes: number;
}

/** They are about the whole log, which no account owns: for operators only. */
export function addSubscriptionRoutes(
  api: Api,
  tidings: Tidings,
  { maxBodyBytes }: SubscriptionRouteOptions,
): void {
  api.use("/subscriptions/*", async (c, next) => {
    requireRole(c.get("identity"), "operator");
    await next();
  });

  api.openapi(listRoute, async (c) => {
    const body = { lastPosition: await lastPosition(tidings.db), items: await subscriptions() };
    c.header("cache-control", "no-store");
    return c.json(body, 200);
  });

  api.openapi(parkedRoute, async (c) => {
    const { name } = c.req.valid("param");
    const { after, limit = PAGE } = c.req.valid("query");
    await find(name);
    const parked = await tidings.subscriptions.parked(name, { after, limit: limit + 1 });
    const items = parked.slice(0, limit).map(parkedJson);
    const next = parked.length > limit ? items.at(-1)!.position : null;
    return c.json({ items, next }, 200);
  });

  const optionalBody = jsonBody({ maxBodyBytes, optional: true });
  api.openapi({ ...retryRoute, middleware: optionalBody }, async (c) => {
    const { name } = c.req.valid("param");
    await find(name);
    const requested = await tidings.subscriptions.retry(name, c.req.valid("json").positions);
    return c.json({ requested }, 202);
  });

  api.openapi(resumeRoute, async (c) => {
    const { name } = c.req.valid("param");
    await find(name);
    await tidings.subscriptions.resume(name);
    return c.json(await find(name), 200);
  });

  async function subscriptions(): Promise<z.infer<typeof subscriptionSchema>[]> {
    const states = await tidings.subscriptions.list();
    const registered = new Map(
      tidings.subscriptions
        .registered()
        .map((each) => [each.name, { ...each, types: presentNames(each.types) }]),
    );
    const names = [...new Set(states.map(({ name }) => name))];
    return Promise.all(
      names.map(async (name) => {
        const slots = states.filter((state) => state.name === name);
        const slowest = slots.reduce((a, b) => (b.behind > a.behind ? b : a));
        const waitingMs = await oldestWaitingMs(tidings.db, slowest);
        return subscriptionJson({
          name,
          slots,
          slowest,
          waitingMs,
          registered: registered.get(name) ?? null,
        });
      }),
    );
  }

  /** A subscription takes the older names of its types as well; those who read of it know the present ones. */
  function presentNames(types: readonly string[] | null): readonly string[] | null {
    return types && [...new Set(types.map((type) => tidings.registry.find(type)?.type ?? type))];
  }

  async function find(name: string): Promise<z.infer<typeof subscriptionSchema>> {
    const found = (await subscriptions()).find((each) => each.name === name);
    if (!found) throw new TidingsError("SUBSCRIPTION_NOT_FOUND", { detail: `"${name}"` });
    return found;
  }
}
