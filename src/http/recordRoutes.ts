import { createRoute, z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import { isDraft, type Draft } from "../events/draft.ts";
import { limits } from "../events/limits.ts";
import type { RecordResult } from "../events/record.ts";
import type { Viewer } from "../events/viewer.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { draftOf, draftSchema } from "./draft.ts";
import { eventJson, eventSchema } from "./eventRoutes.ts";
import { requireRole, type Identity } from "./identity.ts";
import { invalidRequest } from "./invalidRequest.ts";
import { problemOf, problemResponse, problemSchema } from "./problem.ts";
import { readJson } from "./readJson.ts";
import { viewerOf } from "./viewerQuery.ts";

const batchShape = {
  events: z.array(draftSchema).min(1).max(limits.eventsPerCall),
  atomic: z.boolean().default(true).openapi({
    description: "True: all or none. False: records the valid ones and tells of each what became of it.",
  }),
};
const batchSchema = z.strictObject(batchShape).openapi("Batch");
/** As `batchSchema`, for a first look: each event is then checked by itself, so that it can fail by itself. */
const envelopeSchema = z.strictObject({ ...batchShape, events: z.array(z.unknown()).min(1) });

const resultsSchema = z
  .object({
    results: z.array(
      z.union([
        z.object({ ok: z.literal(true), event: eventSchema }),
        z.object({ ok: z.literal(false), error: problemSchema }),
      ]),
    ),
  })
  .openapi("Results");

type Results = z.infer<typeof resultsSchema>;

const recordRoute = createRoute({
  method: "post",
  path: "/events",
  operationId: "recordEvents",
  summary: "Records one event, or a batch",
  request: {
    headers: z.object({
      "Idempotency-Key": z.string().optional().openapi({
        description: "For a single event: its `idempotencyKey`. A batch has one in each event.",
      }),
    }),
    body: {
      required: true,
      content: { "application/json": { schema: z.union([draftSchema, batchSchema]) } },
    },
  },
  responses: {
    201: {
      description: "Recorded: the event, or for a batch a result for each of its events, in their order.",
      content: { "application/json": { schema: z.union([eventSchema, resultsSchema]) } },
    },
    207: {
      description: "A batch with `atomic: false` of which at least one event was refused.",
      content: { "application/json": { schema: resultsSchema } },
    },
    default: problemResponse,
  },
});

export interface RecordRouteOptions {
  readonly basePath: string;
  readonly maxBodyBytes: number;
}

/**
 * The route is described and served apart: what the description calls one of two shapes is checked as the one that it
 * is, so that a client is told what is wrong with its event and not that it is no batch either.
 */
export function addRecordRoutes(api: Api, tidings: Tidings, options: RecordRouteOptions): void {
  api.openAPIRegistry.registerPath(recordRoute);
  api.post(recordRoute.path, async (c) => {
    const identity = c.get("identity");
    requireRole(identity, "writer");
    const body = await readJson(c.req.raw, options.maxBodyBytes);
    const key = c.req.header("idempotency-key");
    if (isBatch(body)) {
      if (key !== undefined) {
        throw new TidingsError("INVALID_REQUEST", {
          detail: "Idempotency-Key is for a single event; give each event of a batch its idempotencyKey",
        });
      }
      const results = await recordBatch(tidings, identity, body);
      return c.json<Results>({ results }, results.every(({ ok }) => ok) ? 201 : 207);
    }
    const drafts: Draft[] = [draftOf(body, { tidings, identity, headerKey: key })];
    const [recorded] = await tidings.record(...drafts);
    const event = eventJson(recorded!, viewerOf(identity));
    return c.json(event, 201, { location: `${options.basePath}/events/${event.id}` });
  });
}

function isBatch(body: unknown): body is { readonly events: unknown } {
  return typeof body === "object" && body !== null && "events" in body;
}

async function recordBatch(tidings: Tidings, identity: Identity, body: unknown): Promise<Results["results"]> {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) throw invalidRequest(envelope.error.issues);
  const { events: given, atomic } = envelope.data;
  if (given.length > limits.eventsPerCall) {
    throw new TidingsError("TOO_MANY_EVENTS", { detail: `${given.length} events` });
  }
  const drafts = given.map((each, index) => attempt(() => draftOf(each, { tidings, identity, index })));
  const valid = drafts.filter(isDraft);
  if (!atomic) return merge(drafts, await tidings.recordEach(valid), viewerOf(identity));

  const errors = drafts.filter((draft) => draft instanceof TidingsError);
  if (errors.length === 1) throw errors[0]!;
  if (errors.length > 1) {
    throw new TidingsError("BATCH_INVALID", { detail: `${errors.length} of ${given.length} events`, errors });
  }
  const events = await tidings.record(...valid);
  const viewer = viewerOf(identity);
  return events.map((event) => ({ ok: true, event: eventJson(event, viewer) }));
}

/** Puts what became of the valid drafts back where they stood among the refused ones. */
function merge(
  drafts: readonly (Draft | TidingsError)[],
  recorded: readonly RecordResult[],
  viewer: Viewer | undefined,
): Results["results"] {
  const next = recorded.values();
  return drafts.map((draft, index) => {
    const result = isDraft(draft) ? next.next().value! : { ok: false as const, error: draft };
    if (result.ok) return { ok: true, event: eventJson(result.event, viewer) };
    return { ok: false, error: { ...problemOf(result.error), index } };
  });
}

function attempt(make: () => Draft): Draft | TidingsError {
  try {
    return make();
  } catch (error) {
    if (error instanceof TidingsError) return error;
    throw error;
  }
}
