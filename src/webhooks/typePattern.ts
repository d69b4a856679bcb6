import type { Registry } from "../events/registry.ts";

/** True when any of the patterns means the type: `card.moved`, `card.*`, `*.created` or `*`. */
export function matchesType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => matches(pattern, type));
}

/** As `matchesType`, by any of a type's names: its own and the older ones. */
export function matchesTypeByName(patterns: readonly string[], type: string, registry: Registry): boolean {
  return namesOf(type, registry).some((name) => matchesType(patterns, name));
}

/** The patterns and the names of all types that they mean, in the form of LIKE: stored rows may have any of a type's names. */
export function likePatterns(patterns: readonly string[], registry: Registry): string[] {
  const meant = registry.types.filter(({ type }) => matchesTypeByName(patterns, type, registry));
  const names = [...patterns, ...meant.flatMap(({ type }) => namesOf(type, registry))];
  return [...new Set(names)].map((name) => name.replaceAll("_", "\\_").replaceAll("*", "%"));
}

function namesOf(type: string, registry: Registry): readonly string[] {
  const definition = registry.find(type);
  return definition ? [definition.type, ...definition.aliases] : [type];
}

function matches(pattern: string, type: string): boolean {
  if (pattern === "*") return true;
  // With the dot, so that `card.*` does not mean `cardboard.cut`.
  if (pattern.endsWith(".*")) return type.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith("*.")) return type.endsWith(pattern.slice(1));
  return pattern === type;
}

// Words as in event types. A star stands alone, first or last; in between it would be a language of its own.
const PATTERN = /^(\*|(\*\.)?[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.\*)$/;

/** Event types have at most 100 characters: a pattern may have a star and a dot instead of a word. */
const MAX_CHARACTERS = 102;

export function isTypePattern(text: string): boolean {
  return text.length <= MAX_CHARACTERS && PATTERN.test(text);
}
