import { TidingsError } from "../errors.ts";
import { checkIdentifier } from "./limits.ts";
import { checkReducer, type StateReducer } from "./stateReducer.ts";

/** One thing that events are about. The label is its name as it was when the event was recorded. */
export interface EntityRef<Name extends string = string> {
  readonly type: Name;
  readonly id: string;
  readonly label: string | null;
}

/** What the app's own tables say about an entity now. */
export interface LoadedEntity {
  readonly id: string;
  readonly label?: string | null | undefined;
  readonly url?: string | null | undefined;
}

export interface EntityOptions<State = unknown> {
  /** Where a person sees it: a path or an http(s) address, from its id or its name as recorded. Default: not linked. */
  url?: ((id: string, recorded: EntityRef) => string | null) | undefined;
  /** A Lucide icon name for events that have none of their own. Default `activity`. */
  icon?: string | undefined;
  /**
   * Reads the present titles of many at once, for feeds and timelines: one call an entity type a page. What it does not
   * return counts as deleted and is shown as plain text. Where it throws, names stay as recorded and lead nowhere, and the signal
   * `entity.load_failed` says so. Default: titles stay as recorded.
   */
  load?:
    ((ids: readonly string[], context: { account: string }) => Promise<Iterable<LoadedEntity>>) | undefined;
  /**
   * The key that people outside may see, for webhooks and portals: `(id) => "card_" + sqids.encode([Number(id)])`. Must
   * always give the same for the same id. Default: the app's own key.
   */
  publicId?: ((id: string) => string) | undefined;
  /**
   * How the events about one make its state, for those who look at its past: see `tidings.fold`. Its types are those of
   * events whose subject it is; any other is refused with INVALID_DEFINITION by `createTidings`. Default: it has none.
   */
  state?: StateReducer<State> | undefined;
}

/**
 * A kind of thing with a timeline. Call it to refer to one: `card(42, "Fix the login")`. Throws INVALID_ENTITY for an id that is
 * neither a text nor a finite number.
 */
export interface EntityDefinition<Name extends string = string> {
  (id: string | number, label?: string | null): EntityRef<Name>;
  readonly entity: Name;
  readonly options: EntityOptions;
}

/** A role that may be left out, hold several entities, or take more than one kind. */
export interface Role<
  Name extends string = string,
  Holds extends "optional" | "many" | "one" = "optional" | "many" | "one",
> {
  readonly entities: readonly EntityDefinition<Name>[];
  readonly holds: Holds;
}

/** Names an entity: lower-case words joined by `_`. Throws INVALID_DEFINITION for anything else. */
export function defineEntity<const Name extends string, State = unknown>(
  name: Name,
  options: EntityOptions<State> = {},
): EntityDefinition<Name> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new TidingsError("INVALID_DEFINITION", {
      detail: `Entity name "${name}" must be 1 to 63 characters of a-z, 0-9 and _, and begin with a letter`,
    });
  }
  if (options.state !== undefined) checkReducer(options.state, (path, what) => refuseState(name, path, what));
  const refer = (id: string | number, label: string | null = null): EntityRef<Name> => {
    return { type: name, id: idText(id, [name, "id"]), label };
  };
  return Object.assign(refer, { entity: name, options });
}

/** Rows are often `any`: what is missing in one would become the entity "undefined", on whose timeline all such meet for ever. */
function idText(id: unknown, path: readonly string[]): string {
  if (typeof id !== "string" && !(typeof id === "number" && Number.isFinite(id))) {
    const given = typeof id === "number" || id === null ? String(id) : typeof id;
    const detail = `${path.join(".")} is ${given}; it must be a text or a finite number`;
    throw new TidingsError("INVALID_ENTITY", { detail, path });
  }
  const text = String(id);
  checkIdentifier(text, path);
  return text;
}

/** Throws INVALID_DEFINITION with what is wrong with the `state` of an entity. */
export function refuseState(entity: string, path: readonly (string | number)[], what: string): never {
  const detail = `Entity "${entity}": ${["state", ...path].join(".")} ${what}`;
  throw new TidingsError("INVALID_DEFINITION", { detail });
}

export function isEntityDefinition(value: unknown): value is EntityDefinition {
  return typeof value === "function" && "entity" in value && typeof value.entity === "string";
}

/** One kind of entity, or several by `oneOf`. */
export type Kinds<Name extends string> = EntityDefinition<Name> | Role<Name, "one">;

/** `assignee: optional(user)`: the role may be left out or null. Of several kinds: `optional(user, team)`, `optional(oneOf(user, team))`. */
export function optional<Name extends string>(...kinds: Kinds<Name>[]): Role<Name, "optional"> {
  return { entities: entitiesIn(kinds), holds: "optional" };
}

/** `mentioned: many(user)`: a list, possibly empty; the event is on the timeline of each. Of several kinds as `optional`. */
export function many<Name extends string>(...kinds: Kinds<Name>[]): Role<Name, "many"> {
  return { entities: entitiesIn(kinds), holds: "many" };
}

/** `on: oneOf(issue, pullRequest)`: exactly one, of either kind. */
export function oneOf<Name extends string>(...kinds: Kinds<Name>[]): Role<Name, "one"> {
  return { entities: entitiesIn(kinds), holds: "one" };
}

/** What is neither an entity nor `oneOf` stays, for the definition to refuse it by the name of the role. */
function entitiesIn<Name extends string>(kinds: readonly Kinds<Name>[]): EntityDefinition<Name>[] {
  return kinds.flatMap((kind) => (isOneOf(kind) ? kind.entities : [kind]));
}

function isOneOf<Name extends string>(kind: Kinds<Name> | undefined): kind is Role<Name, "one"> {
  return (kind as Partial<Role> | undefined)?.holds === "one";
}

export type RoleSpec = EntityDefinition | Role;

/** What a role holds in a recorded event. */
export type RoleValue<Spec> =
  Spec extends EntityDefinition<infer Name>
    ? EntityRef<Name>
    : Spec extends Role<infer Name, infer Holds>
      ? Holds extends "many"
        ? readonly EntityRef<Name>[]
        : Holds extends "optional"
          ? EntityRef<Name> | null
          : EntityRef<Name>
      : never;

/** The entities that a role takes, and how many of them; null for what is no role. */
export function roleOf(spec: RoleSpec): Role | null {
  if (isEntityDefinition(spec)) return { entities: [spec], holds: "one" };
  return Array.isArray(spec.entities) && spec.entities.every(isEntityDefinition) ? spec : null;
}

/** Everything on whose timeline an event is: its subject, its actor, whom that acted for, and what fills its roles. */
export function entitiesOf(event: {
  readonly subject: EntityRef;
  readonly actor: EntityRef;
  readonly onBehalfOf: EntityRef | null;
  readonly refs: object;
}): EntityRef[] {
  const { subject, actor, onBehalfOf } = event;
  const refs = event.refs as { readonly [role: string]: EntityRef | readonly EntityRef[] | null };
  const entities = onBehalfOf === null ? [subject, actor] : [subject, actor, onBehalfOf];
  for (const held of Object.values(refs)) {
    if (isList(held)) for (const ref of held) entities.push(ref);
    else if (held !== null) entities.push(held);
  }
  return entities;
}

const isList = Array.isArray as (held: object | null) => held is readonly EntityRef[];

/** Each once, as timelines and filters write them. */
export function entityKeysOf(event: Parameters<typeof entitiesOf>[0]): string[] {
  const keys = new Set<string>();
  for (const ref of entitiesOf(event)) keys.add(entityKey(ref));
  return [...keys];
}

/** How an entity is written in the timeline and in filters: `type:id`. Names hold no colon, so the first one divides. */
export function entityKey(ref: { readonly type: string; readonly id: string }): string {
  return `${ref.type}:${ref.id}`;
}

/** The parts of what is written `type:id`; null for what is not. The id is yet to be checked. */
export function parseEntityKey(key: string): { readonly type: string; readonly id: string } | null {
  const [, type, id] = /^([a-z][a-z0-9_]{0,62}):(.*)$/s.exec(key) ?? [];
  return type === undefined || id === undefined ? null : { type, id };
}

/** The actor of work that nobody asked for: sweeps, schedules, health checks. */
export const systemActor: EntityRef<"system"> = { type: "system", id: "system", label: "System" };
