import { z } from "@hono/zod-openapi";
import { payloadFormats, signatureSchemes, type Endpoint } from "../webhooks/endpoint.ts";

const settingsShape = {
  url: z.string().openapi({ example: "https://example.com/webhooks" }),
  description: z.string(),
  types: z.array(z.string()).openapi({
    description: "`card.moved`, `card.*`, `*.created` or `*`: any of them.",
    example: ["card.*"],
  }),
  filter: z.string().nullable().openapi({
    description: "Which events of these types. Null: all of them.",
    example: 'data.amount > 100 and subject.type = "card"',
  }),
  delivery: z.enum(["push", "pull"]).openapi({
    description: "`pull`: nothing is sent, the receiver asks for `/webhooks/endpoints/{id}/messages`.",
  }),
  format: z.enum(payloadFormats),
  scheme: z.enum(signatureSchemes),
  compat: z.boolean().openapi({
    description: "Sends the headers of the other symmetric schemes as well, for a move from one to another.",
  }),
  payloadVersion: z.number().int(),
  timeoutMs: z
    .number()
    .int()
    .openapi({ minimum: 1_000, maximum: 30_000, description: "For the whole request." }),
  rateLimit: z
    .strictObject({ perSecond: z.number(), burst: z.number() })
    .nullable()
    .openapi({ description: "Null: not limited." }),
  maxInFlight: z.number().int().openapi({ minimum: 1, maximum: 128 }),
  ordered: z.boolean().openapi({ description: "One at a time for each subject, in the order of the log." }),
};

const secondsSchema = z
  .array(z.number().int())
  .openapi({ description: "Seconds before each try, the first one included.", example: [0, 5, 300] });

const keySchema = z
  .object({
    id: z.string(),
    kind: z.enum(["hmac", "ed25519"]),
    publicKey: z.string().nullable().openapi({ description: "Verifies ed25519 signatures." }),
    createdAt: z.iso.datetime(),
    validUntil: z.iso.datetime().nullable().openapi({ description: "Null for the present key." }),
  })
  .openapi("EndpointKey");

export const endpointSchema = z
  .object({
    id: z.string().openapi({ example: "ep_1srOrx2ZWZBpBUvZwXKQmoEYga2" }),
    ...settingsShape,
    schedule: secondsSchema,
    status: z.enum(["enabled", "disabled"]),
    disabledReason: z.enum(["asked", "failing", "gone", "control"]).nullable(),
    statusAt: z.iso.datetime(),
    headerNames: z
      .array(z.string())
      .openapi({ description: "Of the headers that are added to each request. Values are never read back." }),
    keys: z.array(keySchema).openapi({ description: "What requests are signed with, newest first." }),
    health: z.object({
      breaker: z.enum(["closed", "open", "half_open"]),
      failingSince: z.iso.datetime().nullable(),
      lastSuccessAt: z.iso.datetime().nullable(),
      lastFailureAt: z.iso.datetime().nullable(),
    }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi("Endpoint");

/** Shapes only: what the values must be is for the room to say, which tells the setting and the limit. */
const { url, types, ...optionalShape } = settingsShape;
const changeableShape = {
  ...z.object(optionalShape).partial().shape,
  schedule: z.union([z.enum(["standard", "short"]), secondsSchema]).optional(),
  headers: z.record(z.string(), z.string()).optional().openapi({
    description: "Sent with every request. Only the names can be read back.",
  }),
};

export const secretSchema = z.string().openapi({
  description: "`whsec_…`, or `whsk_…` for ed25519. Default: one is made.",
});

export const endpointInputSchema = z
  .strictObject({ url, types, ...changeableShape, secret: secretSchema.optional() })
  .openapi("EndpointInput");

export const endpointChangesSchema = z
  .strictObject({ url: url.optional(), types: types.optional(), ...changeableShape })
  .openapi("EndpointChanges");

export const withSecretSchema = z
  .object({
    endpoint: endpointSchema,
    secret: z.string().openapi({ description: "Shown this once." }),
  })
  .openapi("EndpointWithSecret");

/** Field by field, so that nothing is shown that this file does not name. */
export function endpointJson(endpoint: Endpoint): z.infer<typeof endpointSchema> {
  const { health, keys } = endpoint;
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    types: [...endpoint.types],
    filter: endpoint.filter,
    delivery: endpoint.delivery,
    format: endpoint.format,
    scheme: endpoint.scheme,
    compat: endpoint.compat,
    payloadVersion: endpoint.payloadVersion,
    timeoutMs: endpoint.timeoutMs,
    rateLimit: endpoint.rateLimit,
    maxInFlight: endpoint.maxInFlight,
    ordered: endpoint.ordered,
    schedule: [...endpoint.schedule],
    status: endpoint.status,
    disabledReason: endpoint.disabledReason,
    statusAt: endpoint.statusAt.toISOString(),
    headerNames: [...endpoint.headerNames],
    keys: keys.map(({ id, kind, publicKey, createdAt, validUntil }) => ({
      id,
      kind,
      publicKey,
      createdAt: createdAt.toISOString(),
      validUntil: isoOrNull(validUntil),
    })),
    health: {
      breaker: health.breaker,
      failingSince: isoOrNull(health.failingSince),
      lastSuccessAt: isoOrNull(health.lastSuccessAt),
      lastFailureAt: isoOrNull(health.lastFailureAt),
    },
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}

function isoOrNull(moment: Date | null): string | null {
  return moment?.toISOString() ?? null;
}
