import { TidingsError } from "../errors.ts";
import type { SentenceEvent } from "./defineEvent.ts";
import { entityKey, type EntityRef } from "./entity.ts";
import type { RecordedEvent } from "./recordedEvent.ts";
import type { Registry } from "./registry.ts";

export interface PublicSentenceEvent {
  readonly shown: SentenceEvent;
  /** Where an entity is seen, from its public id. */
  readonly urlOf: (ref: EntityRef) => string | null;
}

/**
 * An event as people outside may see it: with public ids for the app's own keys; `urlOf` still leads to where these are seen.
 * Throws PUBLIC_ID_FAILED where a `publicId` throws: rather nothing leaves than an inner key.
 */
export function withPublicIds(event: RecordedEvent, registry: Registry): PublicSentenceEvent {
  const inner = new Map<string, EntityRef>();
  const show = (ref: EntityRef): EntityRef => {
    const shown = { type: ref.type, id: publicIdOf(ref, registry), label: ref.label };
    inner.set(entityKey(shown), ref);
    return shown;
  };
  const refs = Object.entries(event.refs as Record<string, EntityRef | readonly EntityRef[] | null>).map(
    ([role, value]) => [role, value === null ? null : "type" in value ? show(value) : value.map(show)],
  );
  return {
    shown: {
      actor: { ...show(event.actor), isActor: true },
      onBehalfOf: event.onBehalfOf && show(event.onBehalfOf),
      subject: show(event.subject),
      refs: Object.fromEntries(refs) as object,
      data: event.data,
      severity: event.severity,
      occurredAt: event.occurredAt,
    },
    urlOf: (ref) => {
      const known = inner.get(entityKey(ref)) ?? ref;
      try {
        return registry.entities.get(known.type)?.options.url?.(known.id, known) ?? null;
      } catch {
        return null; // an address that throws must not keep the event from those who wait for it
      }
    },
  };
}

function publicIdOf({ type, id }: EntityRef, registry: Registry): string {
  const publicId = registry.entities.get(type)?.options.publicId;
  if (publicId === undefined) return id;
  try {
    return publicId(id);
  } catch (cause) {
    // Without the id: this may be told to those from whom it is kept.
    throw new TidingsError("PUBLIC_ID_FAILED", { detail: `Of an entity "${type}"`, cause });
  }
}
