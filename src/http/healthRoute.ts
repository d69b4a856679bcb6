import { createRoute, z } from "@hono/zod-openapi";
import { schemaState } from "../db/migrate.ts";
import { sequencerLag } from "../log/sequencerLag.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { mayActAs } from "./identity.ts";
import { problemResponse } from "./problem.ts";

const statuses = [
  "ok",
  "sequencer_late",
  "schema_missing",
  "schema_outdated",
  "schema_newer",
  "database_unreachable",
] as const;

const subscriptionSchema = z
  .object({
    name: z.string(),
    slot: z.number().int(),
    slots: z.number().int(),
    position: z.number().int(),
    behind: z.number().int(),
    state: z.enum(["running", "waiting", "stopped", "idle"]),
    owner: z.string().nullable(),
    attempts: z.number().int(),
    lastError: z.string().nullable(),
    failingSince: z.iso.datetime().nullable(),
    retryAt: z.iso.datetime().nullable(),
    parked: z.number().int(),
  })
  .openapi("SubscriptionState");

const healthSchema = z
  .object({
    status: z.enum(statuses),
    details: z
      .object({
        sequencer: z.object({
          lastPosition: z.number().int(),
          lagMs: z
            .number()
            .openapi({ description: "How long the oldest event without a position has waited." }),
        }),
        subscriptions: z.array(subscriptionSchema),
        tracked: z.object({
          buffered: z.number().int(),
          written: z.number().int(),
          dropped: z.number().int(),
        }),
      })
      .optional()
      .openapi({ description: "For the role `operator`: about the whole log, not one account." }),
  })
  .openapi("Health");

type Health = z.infer<typeof healthSchema>;

const content = { "application/json": { schema: healthSchema } };

const healthRoute = createRoute({
  method: "get",
  path: "/health",
  operationId: "readHealth",
  summary: "Whether events are recorded and numbered",
  request: { query: z.strictObject({}) },
  responses: {
    200: { description: "All is well.", content },
    503: { description: "`status` says what is not.", content },
    default: problemResponse,
  },
});

export interface HealthRouteOptions {
  readonly maxLagMs: number;
}

export function addHealthRoute(api: Api, tidings: Tidings, { maxLagMs }: HealthRouteOptions): void {
  api.openapi(healthRoute, async (c) => {
    const health = await readHealth();
    const { status, details } = health;
    const shown: Health = mayActAs(c.get("identity"), "operator") && details ? health : { status };
    c.header("cache-control", "no-store");
    return status === "ok" ? c.json(shown, 200) : c.json(shown, 503);
  });

  async function readHealth(): Promise<Health> {
    try {
      const schema = await schemaState(tidings.db);
      if (schema !== "current") return { status: `schema_${schema}` };
      const sequencer = await sequencerLag(tidings.db);
      const subscriptions = (await tidings.subscriptions.list()).map((state) => ({
        ...state,
        failingSince: state.failingSince?.toISOString() ?? null,
        retryAt: state.retryAt?.toISOString() ?? null,
      }));
      const status = sequencer.lagMs > maxLagMs ? "sequencer_late" : "ok";
      return { status, details: { sequencer, subscriptions, tracked: tidings.trackStats() } };
    } catch (error) {
      tidings.signals.emit("http.failed", { method: "GET", path: healthRoute.path, error });
      return { status: "database_unreachable" };
    }
  }
}
