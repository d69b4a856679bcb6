import { TidingsError } from "../errors.ts";
import { isEventDefinition, type AnyEventDefinition } from "./defineEvent.ts";
import { isEntityDefinition, refuseState, type EntityDefinition } from "./entity.ts";
import { createLanguages, type Languages } from "./languages.ts";
import { stepsByDefinition } from "./stateReducer.ts";

/** A module of definitions (`import * as events from "./events.ts"`), or a list of such modules and definitions. */
export type Definitions = object | readonly (object | AnyEventDefinition)[];

/** All definitions of one app, found by type, by older name, by entity. */
export interface Registry {
  readonly types: readonly AnyEventDefinition[];
  readonly entities: ReadonlyMap<string, EntityDefinition>;
  /** In which what they say can be read. */
  readonly languages: Languages;
  /** By type or alias. */
  find(type: string): AnyEventDefinition | undefined;
  /** Whether it was among those that were given: another definition of the same type was not. */
  holds(definition: AnyEventDefinition): boolean;
  /** `card.moved`, an alias, `card.*` or `*` as the stored names that it means; null for every type. */
  expand(pattern: string): readonly string[] | null;
}

/**
 * Collects the definitions of a module: its event types, their entities, and entities that it exports besides (users, who
 * act but are no subject). Other exports are passed over.
 * Throws DUPLICATE_TYPE, ALIAS_TAKEN or INVALID_DEFINITION, so that a mistake stops the start and not a request.
 */
export function createRegistry(definitions: Definitions, languages: Languages = createLanguages()): Registry {
  const given = new Set<AnyEventDefinition>();
  const byType = new Map<string, AnyEventDefinition>();
  const byAlias = new Map<string, AnyEventDefinition>();
  const entities = new Map<string, EntityDefinition>();

  for (const definition of collect(definitions)) {
    if (isEntityDefinition(definition)) {
      registerEntity(entities, definition);
      continue;
    }
    given.add(definition);
    const known = byType.get(definition.type);
    if (known === definition) continue;
    // What an action once did may keep its name: readers and `perform` mean what it does now.
    const kept = known?.ignored || definition.ignored;
    if (known && kept && prevails(known, definition)) continue;
    if (known && !kept)
      throw new TidingsError("DUPLICATE_TYPE", { detail: `"${definition.type}" is defined twice` });
    byType.set(definition.type, definition);
    for (const role of [definition.subject, ...Object.values(definition.refs)]) {
      for (const entity of role.entities) registerEntity(entities, entity);
    }
  }
  if (byType.size === 0) {
    throw new TidingsError("INVALID_DEFINITION", {
      detail: "events holds no event definition (export some from the module)",
    });
  }
  for (const definition of byType.values()) {
    for (const alias of definition.aliases) {
      const owner = byType.get(alias) ?? byAlias.get(alias);
      if (owner) {
        throw new TidingsError("ALIAS_TAKEN", {
          detail: `"${alias}", an alias of ${definition.type}, already names ${owner.type}`,
        });
      }
      byAlias.set(alias, definition);
    }
  }

  for (const { tag, translations } of languages.all) {
    const unknown = [...translations.keys()].find((type) => !byType.has(type));
    if (unknown !== undefined) {
      throw new TidingsError("INVALID_DEFINITION", {
        detail: `language "${tag}" translates ${unknown}, which events does not hold`,
      });
    }
  }

  const types = [...byType.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const find = (type: string) => byType.get(type) ?? byAlias.get(type);
  const namesOf = (type: string) => {
    const definition = find(type);
    return definition ? [definition.type, ...definition.aliases] : [type];
  };
  return {
    types,
    entities,
    languages,
    find,
    holds: (definition) => given.has(definition),
    expand: (pattern) => {
      if (pattern === "*") return null;
      if (!pattern.endsWith(".*")) return namesOf(pattern);
      const prefix = pattern.slice(0, -1);
      return types.filter(({ type }) => type.startsWith(prefix)).flatMap(({ type }) => namesOf(type));
    },
  };
}

/**
 * A step for events that are never about its entity would fold nothing, and nobody would know. Asked of the registry of a whole
 * app: a module of events alone does not hold the actions that a state may name. Throws INVALID_DEFINITION.
 */
export function checkStates({ entities, find }: Registry): void {
  for (const entity of entities.values()) checkState(entity, find);
}

function checkState({ entity, options }: EntityDefinition, find: Registry["find"]): void {
  if (!options.state) return;
  const refuse = (path: readonly (string | number)[], what: string) => refuseState(entity, path, what);
  for (const { type, kind, subject } of stepsByDefinition(options.state, find, refuse).keys()) {
    if (kind !== null) continue; // an action may be about anything
    const subjects = subject.entities.map((each) => each.entity);
    if (!subjects.includes(entity)) refuse(["on", type], `is about ${subjects.join(" or ")}, not ${entity}`);
  }
}

/** Of two actions with one name the one that is still performed, otherwise the newer one. */
function prevails(one: AnyEventDefinition, other: AnyEventDefinition): boolean {
  return one.ignored === other.ignored ? one.version > other.version : other.ignored;
}

function collect(definitions: Definitions): (AnyEventDefinition | EntityDefinition)[] {
  const values: unknown[] = Array.isArray(definitions) ? definitions : [definitions];
  return values.flatMap((value) => {
    if (isDefinition(value)) return [value];
    // A module, or a list: `events: [boardEvents, [cardMoved]]`.
    return typeof value === "object" && value !== null ? Object.values(value).filter(isDefinition) : [];
  });
}

function isDefinition(value: unknown): value is AnyEventDefinition | EntityDefinition {
  return isEventDefinition(value) || isEntityDefinition(value);
}

function registerEntity(entities: Map<string, EntityDefinition>, entity: EntityDefinition): void {
  const known = entities.get(entity.entity);
  if (known && known !== entity) {
    throw new TidingsError("INVALID_DEFINITION", { detail: `Entity "${entity.entity}" is defined twice` });
  }
  entities.set(entity.entity, entity);
}
