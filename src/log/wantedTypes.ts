import type { AnyEventDefinition, Lane } from "../events/defineEvent.ts";
import { typeNames } from "../events/filter.ts";
import type { Registry } from "../events/registry.ts";

/** Which types of events a subscription takes. */
export interface WantedTypes {
  /** Types and their older names; null: all of them. */
  readonly names: readonly string[] | null;
  /** Where they are recorded, unless the subscription says otherwise. */
  readonly lanes: readonly Lane[];
  has(type: string): boolean;
}

/**
 * Calls `refuse` for a name or a category that no definition has, and for a definition that is none of the app's: it would be waited
 * for in silence. Throws INVALID_FILTER for what is no type at all.
 */
export function wantedTypes(
  types: readonly (AnyEventDefinition | string)[] | undefined,
  registry: Registry,
  refuse: (what: string) => never,
): WantedTypes {
  if (types === undefined) return { names: null, lanes: ["domain"], has: () => true };
  const names = typeNames(types, registry);
  const patterns = types.filter((type) => typeof type === "string" && isPattern(type)) as string[];
  const single = types.filter((type) => !patterns.includes(type as string));
  const definitions = single.map((type) => {
    if (typeof type === "string")
      return registry.find(type) ?? refuse(`types "${type}" is a type that no definition has`);
    if (registry.holds(type)) return type;
    return refuse(
      `types holds a definition of "${type.type}" that is not among the events of createTidings` +
        (registry.find(type.type) ? ", which have another one of that type" : ""),
    );
  });
  for (const pattern of patterns) {
    if (registry.expand(pattern)?.length === 0)
      refuse(`types "${pattern}" is a category that no definition has`);
  }
  const lanes = new Set<Lane>(patterns.length > 0 ? ["domain"] : []);
  for (const { lane } of definitions) lanes.add(lane);
  const known = names && new Set(names);
  return {
    names,
    lanes: [...lanes],
    has: (type) => known === null || known.has(type),
  };
}

function isPattern(type: string): boolean {
  return type === "*" || type.endsWith(".*");
}
