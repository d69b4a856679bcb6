import type { StoredEvent } from "../log/storedEvent.ts";
import type { ActionKind, EventShape, Lane, Severity } from "./defineEvent.ts";
import type { EntityRef } from "./entity.ts";
import type { Registry } from "./registry.ts";
import type { JsonObject } from "./serializable.ts";
import { canUpcast, upcastData } from "./upcast.ts";

/** An event of the log in its present version. */
export interface RecordedEvent<Shape extends EventShape = EventShape> {
  /** UUIDv7: sorts by the time of recording, by the database's clock. */
  readonly id: string;
  readonly type: Shape["type"];
  readonly version: number;
  readonly account: string;
  readonly lane: Lane;
  readonly severity: Severity;
  readonly actor: EntityRef;
  readonly onBehalfOf: EntityRef | null;
  readonly subject: EntityRef<Shape["subject"]>;
  readonly refs: Shape["refs"];
  readonly data: Shape["data"];
  readonly metadata: JsonObject;
  readonly occurredAt: Date;
  readonly causedBy: { readonly lane: Lane; readonly id: string } | null;
  /** How many events led to this one, one by the other. */
  readonly causeDepth: number;
  /** Who may see it: entities as `type:id`, or keys of the app's. Null: everybody in the account. */
  readonly audience: readonly string[] | null;
  /** What an action does to its subject; null for an event that is no action. */
  readonly kind: ActionKind | null;
  /**
   * Why this process cannot read the event in its present version; `data` is then as stored. Null when all is well.
   * Happens while an older process still runs beside a newer one that records new types or versions.
   */
  readonly problem: "unknown_type" | "unknown_version" | "upcast_failed" | null;
}

/** An event with its place in the dense order. */
export interface PositionedEvent<Shape extends EventShape = EventShape> extends RecordedEvent<Shape> {
  readonly position: number;
}

/** Brings a stored event to its present name and version. Never throws: see `problem`. */
export function recordedEvent(stored: StoredEvent, registry: Registry): RecordedEvent {
  const definition = registry.find(stored.type);
  if (!definition) return inForm(stored, { problem: "unknown_type" });
  const { type, version } = definition;
  if (stored.version > version) return inForm(stored, { type, problem: "unknown_version" });
  const refs = completeRefs(stored.refs, definition.refs);
  if (stored.version === version) return inForm(stored, { type, refs, problem: null });
  // Actions need no upcasters: an older one is read as it was recorded, and `version` says so.
  if (definition.kind !== null && !canUpcast(definition.upcasters, stored.version, version))
    return inForm(stored, { type, refs, problem: null });
  try {
    const data = upcastData(definition.upcasters, stored.version, version, stored.data) as JsonObject;
    return inForm(stored, { type, refs, data, version, problem: null });
  } catch (thrown) {
    const event = inForm(stored, { type, problem: "upcast_failed" });
    thrownByUpcasters.set(event, thrown);
    return event;
  }
}

/** What the upcaster of an event threw whose problem is `upcast_failed`. Beside the event: that is data, for everybody who reads it. */
export function thrownByUpcaster(event: RecordedEvent): unknown {
  return thrownByUpcasters.get(event);
}

const thrownByUpcasters = new WeakMap<RecordedEvent, unknown>();

/** As `recordedEvent`, with its place in the order. */
export function positionedEvent(
  stored: StoredEvent & { readonly position: number },
  registry: Registry,
): PositionedEvent {
  return Object.assign(recordedEvent(stored, registry), { position: stored.position });
}

type Form = Pick<RecordedEvent, "problem"> & Partial<Pick<StoredEvent, "type" | "version" | "refs" | "data">>;

/**
 * Field by field: V8 gives every object that `{ ...stored, problem }` makes a hidden class of its own. That takes 1.7 µs
 * instead of 0.05, and 44 KB of each page of a feed then outlived the small garbage collections (Node 20, measured).
 */
function inForm(stored: StoredEvent, form: Form): RecordedEvent {
  const { type = stored.type, version = stored.version, refs = stored.refs, data = stored.data } = form;
  return {
    account: stored.account,
    lane: stored.lane,
    id: stored.id,
    type,
    version,
    severity: stored.severity,
    subject: stored.subject,
    actor: stored.actor,
    onBehalfOf: stored.onBehalfOf,
    occurredAt: stored.occurredAt,
    refs,
    data,
    metadata: stored.metadata,
    causedBy: stored.causedBy,
    causeDepth: stored.causeDepth,
    audience: stored.audience,
    kind: stored.kind,
    problem: form.problem,
  };
}

/** Roles added since are null or empty in older events; stored absence of an optional role reads as null. */
export function completeRefs(
  stored: StoredEvent["refs"],
  roles: { readonly [role: string]: { readonly holds: string } },
): StoredEvent["refs"] {
  const missing = Object.keys(roles).filter((name) => !Object.hasOwn(stored, name));
  if (missing.length === 0) return stored;
  const empty = missing.map((name) => [name, roles[name]!.holds === "many" ? [] : null]);
  return { ...stored, ...(Object.fromEntries(empty) as StoredEvent["refs"]) };
}
