import { createRoute, z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import { lastPosition } from "../log/readPositions.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { requireRole } from "./identity.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";
import {
  newReplaySchema,
  replayDetailsJson,
  replayDetailsSchema,
  replayJson,
  replaySchema,
} from "./replaySchema.ts";

const params = z.object({ id: z.string() });
const query = z.strictObject({});

const setupSchema = z
  .object({
    actions: z
      .array(z.object({ type: z.string(), version: z.number().int() }))
      .openapi({ description: "What the app defines that can be replayed." }),
    routes: z.number().int().openapi({ description: "How many there are for older versions." }),
    tables: z.array(z.string()).openapi({
      description: "What a comparison looks at; empty where none can be made.",
    }),
    clear: z
      .boolean()
      .openapi({ description: "The app can empty its tables, so a replay in place is possible." }),
    confirm: z.string().openapi({ description: "What `confirm` has to be: the account." }),
    lastPosition: z.number().int().openapi({ description: "The end of the log." }),
  })
  .openapi("ReplaySetup");

const listRoute = createRoute({
  method: "get",
  path: "/replays",
  operationId: "listReplays",
  summary: "The replays of the account, and what can be replayed. For the role `operator`",
  request: { query },
  responses: {
    200: {
      description:
        "The newest 50, and those in place of every account, because meanwhile this account's actions are refused.",
      content: jsonContent(z.object({ setup: setupSchema, items: z.array(replaySchema) }).openapi("Replays")),
    },
    default: problemResponse,
  },
});

const startRoute = createRoute({
  method: "post",
  path: "/replays",
  operationId: "startReplay",
  summary: "Begins a replay of the account: by default a dry run, which changes nothing",
  description:
    "It goes on in the server. The same replay in place that was not finished goes on where it stopped.",
  request: { query, body: { content: jsonContent(newReplaySchema) } },
  responses: {
    202: { description: "It has begun.", content: jsonContent(replaySchema) },
    default: problemResponse,
  },
});

const readRoute = createRoute({
  method: "get",
  path: "/replays/{id}",
  operationId: "readReplay",
  summary: "How far a replay is, and what it found",
  request: { params, query },
  responses: {
    200: { description: "The replay.", content: jsonContent(replayDetailsSchema) },
    default: problemResponse,
  },
});

const cancelRoute = createRoute({
  method: "post",
  path: "/replays/{id}/cancel",
  operationId: "cancelReplay",
  summary: "Ends a replay at its next step",
  description:
    "One in place leaves the tables as far as it came, and actions are taken again. One that is over stays as it is.",
  request: { params, query },
  responses: {
    202: { description: "As it is now.", content: jsonContent(replaySchema) },
    default: problemResponse,
  },
});

export interface ReplayRouteOptions {
  readonly maxBodyBytes: number;
}

/** Of the account that asks, and for operators only: they read and write what no feed shows. */
export function addReplayRoutes(api: Api, tidings: Tidings, { maxBodyBytes }: ReplayRouteOptions): void {
  api.use("/replays/*", async (c, next) => {
    requireRole(c.get("identity"), "operator");
    c.header("cache-control", "no-store");
    await next();
  });

  api.openapi(listRoute, async (c) => {
    const { account } = c.get("identity");
    const { routes, tables, clear } = tidings.replays.setup({ account });
    const setup = {
      actions: actions(),
      routes,
      tables: [...tables],
      clear,
      confirm: account,
      lastPosition: await lastPosition(tidings.db),
    };
    return c.json({ setup, items: (await tidings.replays.list({ account })).map(replayJson) }, 200);
  });

  api.openapi({ ...startRoute, middleware: jsonBody({ maxBodyBytes, optional: true }) }, async (c) => {
    const { account, actor } = c.get("identity");
    const { confirm, ...request } = c.req.valid("json");
    if (request.kind === "in_place" && confirm !== account) {
      throw new TidingsError("INVALID_REQUEST", {
        detail: `confirm must be "${account}", because a replay in place cannot be undone`,
        path: ["confirm"],
      });
    }
    return c.json(replayJson(await tidings.replays.start(request, { account, startedBy: actor })), 202);
  });

  api.openapi(readRoute, async (c) => {
    const { account } = c.get("identity");
    return c.json(replayDetailsJson(await tidings.replays.get(c.req.valid("param").id, { account })), 200);
  });

  api.openapi(cancelRoute, async (c) => {
    const { account } = c.get("identity");
    return c.json(replayJson(await tidings.replays.cancel(c.req.valid("param").id, { account })), 202);
  });

  /** Those that are kept to replay old versions as well: a choice of types may name them. */
  function actions(): { type: string; version: number }[] {
    return tidings.registry.types
      .filter(({ kind }) => kind !== null)
      .map(({ type, version }) => ({ type, version }));
  }
}
