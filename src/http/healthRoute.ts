import { createRoute, z } from "@hono/zod-openapi";
import { schemaState, wasCurrent } from "../db/migrate.ts";
import { isTidingsError } from "../errors.ts";
import { sequencerLag } from "../log/sequencerLag.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { mayActAs } from "./identity.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { slotJson, slotSchema } from "./subscriptionSchema.ts";

const statuses = [
  "ok",
  "sequencer_late",
  "schema_missing",
  "schema_outdated",
  "schema_newer",
  "database_unreachable",
] as const;

const subscriptionSchema = slotSchema
  .extend({ name: z.string(), slots: z.number().int(), parked: z.number().int() })
  .openapi("SubscriptionState");

const healthSchema = z
  .object({
    status: z.enum(statuses),
    details: z
      .object({
        schema: z.enum(["current", "newer"]).openapi({
          description: "`newer`: migrated by the next version while this process runs, which works on.",
        }),
        sequencer: z.object({
          lastPosition: z.number().int(),
          lagMs: z.number().openapi({
            description:
              "How long the oldest event without a position has waited. Of a log moved to another cluster: since its last tick there.",
          }),
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

const content = jsonContent(healthSchema);

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
      // In the middle of a deploy: a balancer that is told 503 takes all old processes away at once.
      const worksOn = schema === "newer" && wasCurrent(tidings.db);
      if (schema !== "current" && !worksOn) return { status: `schema_${schema}` };
      const sequencer = await sequencerLag(tidings.db);
      const subscriptions = (await tidings.subscriptions.list()).map((state) => ({
        name: state.name,
        slots: state.slots,
        parked: state.parked,
        ...slotJson(state),
      }));
      const status = sequencer.lagMs > maxLagMs ? "sequencer_late" : "ok";
      return { status, details: { schema, sequencer, subscriptions, tracked: tidings.trackStats() } };
    } catch (error) {
      if (isTidingsError(error, "FILES_MISSING")) throw error; // the database is well: the answer says what is not
      tidings.signals.emit("http.failed", { method: "GET", path: healthRoute.path, error });
      return { status: "database_unreachable" };
    }
  }
}
