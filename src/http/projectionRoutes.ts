import { createRoute, z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import { lastPosition } from "../log/readPositions.ts";
import type { ProjectionState } from "../replay/projectionState.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { requireRole } from "./identity.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import { slotSchema } from "./subscriptionSchema.ts";

const query = z.strictObject({});

const buildSchema = z
  .object({
    version: z.number().int(),
    position: z.number().int().openapi({ description: "Everything up to here is in its tables." }),
    behind: z.number().int(),
    perSecond: z.number().nullable().openapi({
      description: "Positions, since this process last looked, a second ago or more; null at the first look.",
    }),
    state: slotSchema.shape.state.openapi({
      description: "`waiting`: the last try failed, the next has its time. `idle`: no process works on it.",
    }),
    lastError: z.string().nullable(),
  })
  .openapi("ProjectionBuild");

const projectionSchema = z
  .object({
    name: z.string(),
    tables: z.array(z.string()).openapi({ description: "What everybody reads." }),
    definedVersion: z.number().int().nullable().openapi({
      description: "By the process that answers; null where it defines none of this name.",
    }),
    live: buildSchema.nullable().openapi({ description: "What reads see; null before one was built." }),
    building: buildSchema.nullable().openapi({ description: "What takes its place once it is complete." }),
  })
  .openapi("Projection");

type ProjectionJson = z.infer<typeof projectionSchema>;

const listRoute = createRoute({
  method: "get",
  path: "/projections",
  operationId: "listProjections",
  summary: "How far each projection is, and what holds it. For the role `operator`",
  request: { query },
  responses: {
    200: {
      description: "All that the database holds, by name, also those of other processes.",
      content: jsonContent(
        z
          .object({
            lastPosition: z.number().int().openapi({ description: "The end of the log." }),
            items: z.array(projectionSchema),
          })
          .openapi("Projections"),
      ),
    },
    default: problemResponse,
  },
});

const rebuildRoute = createRoute({
  method: "post",
  path: "/projections/{name}/rebuild",
  operationId: "rebuildProjection",
  summary: "Builds a projection anew beside the live one",
  description:
    "Whoever runs the worker does it; the list tells how far it is. Joins a build under way, and lets one that stopped try again.",
  request: { params: z.object({ name: z.string() }), query },
  responses: {
    202: { description: "As it is now.", content: jsonContent(projectionSchema) },
    default: problemResponse,
  },
});

/** They are made from the whole log, which no account owns: for operators only. */
export function addProjectionRoutes(api: Api, tidings: Tidings): void {
  api.use("/projections/*", async (c, next) => {
    requireRole(c.get("identity"), "operator");
    await next();
  });

  api.openapi(listRoute, async (c) => {
    const body = { lastPosition: await lastPosition(tidings.db), items: await projections() };
    c.header("cache-control", "no-store");
    return c.json(body, 200);
  });

  api.openapi(rebuildRoute, async (c) => {
    const { name } = c.req.valid("param");
    await tidings.projections.requestRebuild(name);
    const found = (await projections()).find((each) => each.name === name);
    if (!found) throw new TidingsError("PROJECTION_NOT_FOUND", { detail: `"${name}"` });
    return c.json(found, 202);
  });

  async function projections(): Promise<ProjectionJson[]> {
    const states = await tidings.projections.list();
    const defined = new Map(tidings.projections.registered().map(({ name, version }) => [name, version]));
    const names = [...new Set([...states.map(({ name }) => name), ...defined.keys()])].toSorted();
    return names.map((name) => {
      const builds = states.filter((state) => state.name === name);
      return {
        name,
        tables: [...new Set(builds.flatMap(({ tables }) => tables))],
        definedVersion: defined.get(name) ?? null,
        live: buildJson(builds.find(({ state }) => state === "live")),
        // Of several versions under way the newest is the one that will be read.
        building: buildJson(builds.findLast(({ state }) => state === "building")),
      };
    });
  }
}

function buildJson(build: ProjectionState | undefined): z.infer<typeof buildSchema> | null {
  if (!build) return null;
  const { version, position, behind, perSecond, worker: state, lastError } = build;
  return { version, position, behind, perSecond, state, lastError };
}
