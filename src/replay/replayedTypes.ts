import { TidingsError } from "../errors.ts";
import type { Registry } from "../events/registry.ts";
import { isActionDefinition } from "./defineAction.ts";
import type { CheckedRoute } from "./routes.ts";

/** How many names a refusal lists. */
const LISTED = 3;

/**
 * Throws INVALID_FILTER for a type, or a category, of which nothing can be replayed: a slip of the pen would empty tables and fill
 * none of them.
 */
export function checkReplayedTypes(
  names: readonly string[],
  routes: readonly CheckedRoute[],
  registry: Registry,
): void {
  const actions = registry.types.filter(isActionDefinition);
  const known = [
    ...new Set([
      ...actions.flatMap(({ type, aliases }) => [type, ...aliases]),
      ...routes.flatMap(({ types }) => types),
    ]),
  ];
  for (const name of names) {
    const prefix = prefixOf(name);
    if (known.some((type) => (prefix === null ? type === name : type.startsWith(prefix)))) continue;
    throw new TidingsError("INVALID_FILTER", {
      detail: `types: ${whyNot(name, registry)}. ${nearest(name, known)}`,
      path: ["types"],
    });
  }
}

/** Of a category (`user.*`) or of all (`*`). */
function prefixOf(name: string): string | null {
  return name === "*" || name.endsWith(".*") ? name.slice(0, -1) : null;
}

function whyNot(name: string, registry: Registry): string {
  const prefix = prefixOf(name);
  if (prefix !== null) return `no action and no route begins with "${prefix}"`;
  return registry.find(name)
    ? `"${name}" is an event, and no route leads from it to an action`
    : `no action is called "${name}", and no route leads from it`;
}

/** What may have been meant: those that take the fewest changes of a letter. */
function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return "The app has no actions";
  const near = known
    .map((type) => ({ type, changes: changesBetween(name, type) }))
    .toSorted((a, b) => a.changes - b.changes)
    .slice(0, LISTED);
  return `The nearest: ${near.map(({ type }) => type).join(", ")}`;
}

/** Letters to insert, drop or replace. */
function changesBetween(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const next = [row + 1];
    for (const [column, wanted] of [...other].entries())
      next.push(
        Math.min(next[column]! + 1, above[column + 1]! + 1, above[column]! + (letter === wanted ? 0 : 1)),
      );
    above = next;
  }
  return above.at(-1)!;
}
