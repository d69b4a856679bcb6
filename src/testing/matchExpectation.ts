import type { EventShape, Severity } from "../events/defineEvent.ts";
import { entityKey, isEntityDefinition, type EntityDefinition, type EntityRef } from "../events/entity.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { sortedJson, type JsonObject } from "../events/serializable.ts";

/** A kind of entity (`card`) or one of them (`card(42)`); labels are compared only where one is given. */
export type EntityExpectation<Name extends string = string> =
  | EntityDefinition<Name>
  | { readonly type: Name; readonly id: string; readonly label?: string | null | undefined };

type RoleExpectation<Value> =
  Value extends EntityRef<infer Name>
    ? EntityExpectation<Name>
    : Value extends readonly EntityRef<infer Name>[]
      ? readonly EntityExpectation<Name>[]
      : null;

type PartOf<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: PartOf<Value[Key]> | undefined }
    : Value;

/** What an event must have. Only what is given is compared; objects may hold more, lists must be the same. */
export interface ExpectedEvent<Shape extends EventShape = EventShape> {
  subject?: EntityExpectation<Shape["subject"]> | undefined;
  actor?: EntityExpectation | undefined;
  onBehalfOf?: EntityExpectation | null | undefined;
  refs?:
    { readonly [Role in keyof Shape["refs"]]?: RoleExpectation<Shape["refs"][Role]> | undefined } | undefined;
  data?: PartOf<Shape["data"]> | undefined;
  metadata?: JsonObject | undefined;
  severity?: Severity | undefined;
  occurredAt?: Date | undefined;
}

/** An expectation without its types. */
export interface EventExpectation {
  readonly subject?: EntityExpectation | undefined;
  readonly actor?: EntityExpectation | undefined;
  readonly onBehalfOf?: EntityExpectation | null | undefined;
  readonly refs?: object | undefined;
  readonly data?: unknown;
  readonly metadata?: JsonObject | undefined;
  readonly severity?: Severity | undefined;
  readonly occurredAt?: Date | undefined;
}

export interface Difference {
  /** Where: `data.position`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** In what an event is not as expected; empty when it is. */
export function differencesOf(expected: EventExpectation, event: RecordedEvent): Difference[] {
  return [
    ...inEntity("subject", expected.subject, event.subject),
    ...inEntity("actor", expected.actor, event.actor),
    ...inEntity("onBehalfOf", expected.onBehalfOf, event.onBehalfOf),
    ...Object.entries(expected.refs ?? {}).flatMap(([role, value]) =>
      inEntity(`refs.${role}`, value, (event.refs as { readonly [role: string]: unknown })[role]),
    ),
    ...inValue("data", expected.data, event.data),
    ...inValue("metadata", expected.metadata, event.metadata),
    ...inValue("severity", expected.severity, event.severity),
    ...inValue("occurredAt", expected.occurredAt?.toISOString(), event.occurredAt.toISOString()),
  ];
}

function inEntity(path: string, expected: unknown, actual: unknown): Difference[] {
  if (expected === undefined) return [];
  const same = Array.isArray(expected)
    ? Array.isArray(actual) &&
      expected.length === actual.length &&
      expected.every((item, index) => isEntity(item, actual[index]))
    : isEntity(expected, actual);
  return same ? [] : [{ path, expected: describeEntity(expected), actual: describeEntity(actual) }];
}

function isEntity(expected: unknown, actual: unknown): boolean {
  if (expected === null || !isRef(actual)) return expected === (actual ?? null);
  if (isEntityDefinition(expected)) return actual.type === expected.entity;
  return (
    isRef(expected) &&
    entityKey(expected) === entityKey(actual) &&
    // `card(42)` has the label null, which says nothing about the label that was recorded.
    (expected.label === undefined || expected.label === null || expected.label === actual.label)
  );
}

function inValue(path: string, expected: unknown, actual: unknown): Difference[] {
  if (expected === undefined) return [];
  if (isObject(expected) && isObject(actual)) {
    return Object.entries(expected).flatMap(([key, value]) => inValue(`${path}.${key}`, value, actual[key]));
  }
  const [wanted, found] = [describeValue(expected), describeValue(actual)];
  return wanted === found ? [] : [{ path, expected: wanted, actual: found }];
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRef(value: unknown): value is EntityRef {
  return isObject(value) && "type" in value && "id" in value;
}

/** `card:42 "Fix the login"`, as messages name an entity, a kind of entity, or a list of them. */
export function describeEntity(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return `[${value.map(describeEntity).join(", ")}]`;
  if (isEntityDefinition(value)) return `any ${value.entity}`;
  if (!isRef(value)) return describeValue(value);
  return value.label ? `${entityKey(value)} ${JSON.stringify(value.label)}` : entityKey(value);
}

/** Equal values read alike, in whichever order their keys came. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "absent";
  return sortedJson(value);
}
