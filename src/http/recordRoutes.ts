import { createRoute, z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";
import type { InnerContext } from "../events/context.ts";
import { isDraft, type Draft } from "../events/draft.ts";
import { limits } from "../events/limits.ts";
import { withoutHiddenCauses } from "../events/hiddenCauses.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { viewerKeys } from "../events/viewer.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { draftOf, draftSchema } from "./draft.ts";
import { eventJson, eventSchema } from "./eventRoutes.ts";
import { requireRole, type Identity } from "./identity.ts";
import { invalidRequest } from "./invalidRequest.ts";
import { jsonContent } from "./jsonContent.ts";
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
      content: jsonContent(z.union([draftSchema, batchSchema])),
    },
  },
  responses: {
    201: {
      description: "Recorded: the event, or for a batch a result for each of its events, in their order.",
      content: jsonContent(z.union([eventSchema, resultsSchema])),
    },
    207: {
      description: "A batch with `atomic: false` of which at least one event was refused.",
      content: jsonContent(resultsSchema),
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
  // A header holds no `/события`: what was recorded would be answered by a failure.
  const address = encodeURI(`${options.basePath}/events`);
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
    const [event] = await record(tidings, identity, drafts);
    return c.json(event!, 201, { location: `${address}/${event!.id}` });
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
  if (!atomic) return merge(drafts, await recordEach(tidings, identity, valid));

  const errors = drafts.filter((draft) => draft instanceof TidingsError);
  if (errors.length === 1) throw errors[0]!;
  if (errors.length > 1) {
    throw new TidingsError("BATCH_INVALID", { detail: `${errors.length} of ${given.length} events`, errors });
  }
  const events = await record(tidings, identity, valid);
  return events.map((event) => ({ ok: true, event }));
}

type Result = Results["results"][number];

async function record(tidings: Tidings, identity: Identity, drafts: readonly Draft[]) {
  return asSeen(tidings, identity, await asWriter(tidings, identity, () => tidings.record(...drafts)));
}

async function recordEach(tidings: Tidings, identity: Identity, drafts: readonly Draft[]): Promise<Result[]> {
  const results = await asWriter(tidings, identity, () => tidings.recordEach(drafts));
  const recorded = results.flatMap((result) => (result.ok ? [result.event] : []));
  const events = (await asSeen(tidings, identity, recorded)).values();
  return results.map((result) =>
    result.ok ? { ok: true, event: events.next().value! } : { ok: false, error: problemOf(result.error) },
  );
}

/** Whoever asks can name as a cause only what they may see. */
function asWriter<Written>(tidings: Tidings, identity: Identity, work: () => Written): Written {
  const context: InnerContext = { viewer: viewerOf(identity) };
  return tidings.run(context, work);
}

/** As they would be read afterwards: without those among their causes that the one who asks may not see. */
async function asSeen(tidings: Tidings, identity: Identity, recorded: readonly RecordedEvent[]) {
  const viewer = viewerOf(identity);
  const events = await withoutHiddenCauses(tidings.db, recorded, viewer ? viewerKeys(viewer) : null);
  return events.map((event) => eventJson(event, viewer));
}

/** Puts what became of the valid drafts back where they stood among the refused ones. */
function merge(drafts: readonly (Draft | TidingsError)[], recorded: readonly Result[]): Results["results"] {
  const next = recorded.values();
  return drafts.map((draft, index) => {
    const result = isDraft(draft) ? next.next().value! : { ok: false as const, error: problemOf(draft) };
    return result.ok ? result : { ok: false, error: { ...result.error, index } };
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
