import type { NormalFilter } from "../log/findEvents.ts";
import { checkTime, refuseField } from "./checkQuery.ts";
import {
  actionKinds,
  isEventDefinition,
  lanes,
  severities,
  type ActionKind,
  type AnyEventDefinition,
  type Lane,
  type Severity,
} from "./defineEvent.ts";
import { entityKey, parseEntityKey } from "./entity.ts";
import { checkIdentifier } from "./limits.ts";
import type { Registry } from "./registry.ts";
import { viewerKeys, type Viewer } from "./viewer.ts";

/** One entity: a reference, or its written form `type:id`. */
export type EntityLike = { readonly type: string; readonly id: string } | string;

/** Which events: values of one field are alternatives (OR), fields add up (AND). Lists hold 1 to 50 values. */
export interface EventFilter {
  /** Default: the context's account, then the fixed one. */
  account?: string | undefined;
  /** Events about any of these entities: as subject, actor or ref. */
  of?: EntityLike | readonly EntityLike[] | undefined;
  /** Definitions, types (`card.moved`), categories (`card.*`) or older names. */
  types?: readonly (AnyEventDefinition | string)[] | undefined;
  /** First words of types: `card` is the same as the type `card.*`. */
  categories?: readonly string[] | undefined;
  actors?: readonly EntityLike[] | undefined;
  subjects?: readonly EntityLike[] | undefined;
  /** Names of entities: `card`. */
  subjectTypes?: readonly string[] | undefined;
  /** Default: `["domain"]`. */
  lanes?: readonly Lane[] | undefined;
  severities?: readonly Severity[] | undefined;
  /** Actions that do this to their subject; other events have no kind and do not match. Actions lie in the lane `system` as a rule. */
  kinds?: readonly ActionKind[] | undefined;
  /** Recorded at or after this moment. The order of the log is that of recording, so is its clock. */
  since?: Date | undefined;
  /** Recorded before this moment. */
  until?: Date | undefined;
  /** Only what this one may see. Default: the app itself asks, and sees everything. */
  viewer?: Viewer | undefined;
}

const MAX_VALUES = 50;

const FIELDS: NamesOf<EventFilter> = {
  account: true,
  of: true,
  types: true,
  categories: true,
  actors: true,
  subjects: true,
  subjectTypes: true,
  lanes: true,
  severities: true,
  kinds: true,
  since: true,
  until: true,
  viewer: true,
};

/** The names of a query: the compiler asks for each of them, and for no other. */
export type NamesOf<Query> = { readonly [Name in keyof Required<Query>]: true };

/** What a query has beside its filter. */
export type Beside<Query> = NamesOf<Omit<Query, keyof EventFilter>>;

/**
 * Checks a filter and brings it to the form that SQL is made from. Throws INVALID_FILTER with the field, also for one that is
 * neither of a filter nor of what the query has `beside` it.
 */
export function normalFilter(
  filter: EventFilter,
  account: string,
  registry: Registry,
  beside: NamesOf<object> = {},
): NormalFilter {
  checkIdentifier(account, ["account"]);
  checkNames(filter, FIELDS, beside);
  const list = <Value>(field: string, values: readonly Value[] | undefined): readonly Value[] | null => {
    if (values === undefined) return null;
    if (!Array.isArray(values)) refuseField(field, "must be a list");
    if (values.length === 0 || values.length > MAX_VALUES)
      refuseField(field, `must hold 1 to ${MAX_VALUES} values`);
    return values;
  };
  const known = <Value extends string>(
    field: string,
    values: readonly Value[] | null,
    allowed: readonly Value[],
  ) => {
    for (const value of values ?? []) {
      if (!allowed.includes(value)) refuseField(field, `"${String(value)}" is none of ${allowed.join(", ")}`);
    }
    return values;
  };
  const keys = (field: string, values: readonly EntityLike[] | undefined) =>
    list(field, values)?.map((value) => keyOf(field, value)) ?? null;
  const of =
    filter.of === undefined ? undefined : Array.isArray(filter.of) ? filter.of : [filter.of as EntityLike];
  const since = checkTime("since", filter.since);
  const until = checkTime("until", filter.until);
  if (since !== null && until !== null && since >= until) refuseField("since", "must be before until");

  return {
    account,
    of: keys("of", of),
    types: typesOf(list("types", filter.types), list("categories", filter.categories), registry),
    actors: keys("actors", filter.actors),
    subjects: keys("subjects", filter.subjects),
    subjectTypes:
      list("subjectTypes", filter.subjectTypes)?.map((name) => textOf("subjectTypes", name)) ?? null,
    lanes: known("lanes", list("lanes", filter.lanes), lanes) ?? ["domain"],
    severities: known("severities", list("severities", filter.severities), severities),
    kinds: known("kinds", list("kinds", filter.kinds), actionKinds),
    since,
    until,
    audiences: filter.viewer === undefined ? null : viewerKeys(filter.viewer),
  };
}

/** Throws INVALID_FILTER for a name that a query takes no notice of: a misspelt field would find more than was asked for, in silence. */
export function checkNames(query: object, ...known: readonly NamesOf<object>[]): void {
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && !known.some((names) => Object.hasOwn(names, name)))
      refuseField(name, "is no field of this query");
  }
}

/** Both fields name types: an event must satisfy each that is given. */
function typesOf(
  types: readonly (AnyEventDefinition | string)[] | null,
  categories: readonly string[] | null,
  registry: Registry,
): readonly string[] | null {
  const byType = types === null ? null : typeNames(types, registry);
  const byCategory = namesOf(
    categories?.map((category) => `${categoryOf(category)}.*`),
    registry,
  );
  if (byType === null || byCategory === null) return byType ?? byCategory;
  return byType.filter((name) => byCategory.includes(name));
}

/** The stored names of definitions and patterns, however many; null: every type. Throws INVALID_FILTER. */
export function typeNames(
  types: readonly (AnyEventDefinition | string)[],
  registry: Registry,
): readonly string[] | null {
  if (types.length === 0) refuseField("types", "must hold at least one value");
  return namesOf(
    types.map((type) => (isEventDefinition(type) ? type.type : textOf("types", type))),
    registry,
  );
}

function namesOf(patterns: readonly string[] | undefined, registry: Registry): readonly string[] | null {
  if (patterns === undefined) return null;
  const names = patterns.map((pattern) => registry.expand(pattern));
  return names.includes(null) ? null : [...new Set(names.flatMap((list) => list ?? []))];
}

function keyOf(field: string, value: EntityLike): string {
  if (typeof value !== "string")
    return entityKey({ type: textOf(field, value?.type), id: textOf(field, value?.id) });
  const ref = parseEntityKey(value) ?? refuseField(field, `"${value}" must be an entity or "type:id"`);
  // A written entity is longer than an id by its type and the colon.
  textOf(field, ref.id);
  return value;
}

/** `card.*` and `card.moved` are what `types` takes: as a category they would find nothing, in silence. */
function categoryOf(value: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(textOf("categories", value)))
    refuseField("categories", `"${value}" must be the first word of types, such as "card"`);
  return value;
}

function textOf(field: string, value: unknown): string {
  try {
    checkIdentifier(value, [field]);
    return value;
  } catch (cause) {
    return refuseField(field, "must hold texts that are not empty, within the limits of identifiers", cause);
  }
}
