import type { AnyEventDefinition, SentenceEvent } from "../events/defineEvent.ts";
import type { EntityRef } from "../events/entity.ts";
import { limits } from "../events/limits.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { displayParts, type DisplayPart } from "../events/renderSentence.ts";
import { checkSerializable, type JsonObject } from "../events/serializable.ts";
import { spokenParts } from "../events/spokenParts.ts";
import { webhookShapeFor } from "../events/webhookShape.ts";
import { withPublicIds } from "../events/withPublicIds.ts";
import { sayFirst, wordings } from "../events/wordings.ts";
import { TidingsError } from "../errors.ts";

/** An event as receivers see it, whatever the format: documented, stable, without the app's inner keys. */
export interface PublicEvent {
  readonly id: string;
  readonly type: string;
  /** Of `data`: of the shape that wrote it, or of the event where it is sent as it is stored. */
  readonly version: number;
  readonly account: string;
  readonly actor: EntityRef;
  readonly onBehalfOf: EntityRef | null;
  readonly subject: EntityRef;
  readonly refs: { readonly [role: string]: EntityRef | readonly EntityRef[] | null };
  readonly data: JsonObject;
  /** ISO 8601, in UTC. */
  readonly occurredAt: string;
  /** The sentence as text. */
  readonly description: string;
}

/** An event made public, and the parts of its sentence for formats that link them. */
export interface PublicEventWithSentence {
  readonly event: PublicEvent;
  readonly sentence: readonly DisplayPart[];
}

/**
 * The public form of an event for endpoints that ask for `payloadVersion`: null where its definition keeps it inside. `account`
 * is the one that receivers see. Throws what a `publicId` or a `write` throws, and UNSERIALIZABLE or EVENT_TOO_LARGE for
 * what it gives: rather nothing is sent than an inner key.
 */
export function publicForm(
  event: RecordedEvent,
  definition: AnyEventDefinition,
  registry: Registry,
  account: string,
  payloadVersion = 1,
): PublicEvent | null {
  return publicFormWithSentence(event, definition, registry, account, payloadVersion)?.event ?? null;
}

export function publicFormWithSentence(
  event: RecordedEvent,
  definition: AnyEventDefinition,
  registry: Registry,
  account: string,
  payloadVersion: number,
): PublicEventWithSentence | null {
  if (definition.webhook === null || !mayLeave(event, definition)) return null;
  const { shown, urlOf } = withPublicIds(event, registry);
  const shape = webhookShapeFor(definition.webhook, payloadVersion);
  const data = shape ? checkedData(definition.type, shape.write(shown as SentenceEvent<never>)) : event.data;
  const sentence = writtenSentence(definition, registry, shown, urlOf);
  const { type, id, label } = shown.actor;
  return {
    sentence,
    event: {
      id: event.id,
      type: definition.type,
      version: shape?.version ?? event.version,
      account,
      actor: { type, id, label },
      onBehalfOf: shown.onBehalfOf,
      subject: shown.subject,
      refs: shown.refs as PublicEvent["refs"],
      data: data as JsonObject,
      occurredAt: event.occurredAt.toISOString(),
      description: sentence.map((part) => part.text).join(""),
    },
  };
}

/**
 * Whoever receives webhooks is in no audience: an event that has one goes out only where its definition says so itself. Also
 * when it is sent again, backfilled, pulled or chosen by hand.
 */
function mayLeave({ audience }: RecordedEvent, { sendsRestricted }: AnyEventDefinition): boolean {
  return audience === null || sendsRestricted;
}

/** A sentence that throws must not keep the event from those who wait for it. */
function writtenSentence(
  definition: AnyEventDefinition,
  { languages: { own } }: Registry,
  shown: SentenceEvent,
  urlOf: (ref: EntityRef) => string | null,
): DisplayPart[] {
  return sayFirst(wordings(definition.type, definition, own, own), ({ sentence, language }) => {
    const written = sentence(shown as SentenceEvent<never>, language.words);
    return displayParts(spokenParts(written, language), { urlOf });
  });
}

function checkedData(type: string, data: unknown): JsonObject {
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw new TidingsError("UNSERIALIZABLE", { detail: `${type}: webhook.write must give an object` });
  checkSerializable(data, ["data"]);
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > limits.eventBytes)
    throw new TidingsError("EVENT_TOO_LARGE", {
      detail: `${type}: webhook.write gave ${bytes} bytes, the limit is ${limits.eventBytes}`,
    });
  return data as JsonObject;
}
