import type { Comparison, Expression, Path } from "./expression.ts";
import type { Scalar } from "./expressionTokens.ts";

/**
 * Whether a filter is true of a value: the public form of an event. Never throws. Nothing is converted: `1` is not `"1"`, and what
 * is compared with another kind of thing, or is missing, is no match. Along a path a list stands for each of its elements, and one
 * that matches is enough; `!=` and `not` are true exactly where what they deny is false.
 */
export function evaluate(expression: Expression, value: unknown): boolean {
  switch (expression.op) {
    case "and":
      return expression.of.every((part) => evaluate(part, value));
    case "or":
      return expression.of.some((part) => evaluate(part, value));
    case "not":
      return !evaluate(expression.of, value);
    case "exists":
      return someAt(value, expression.path, () => true);
    case "in":
      return someAt(value, expression.path, (found) => isAmong(found, setOf(expression.values)));
    case "!=":
      return !someAt(value, expression.path, (found) => compare("=", found, expression.value));
    default: {
      const { op, path, value: wanted } = expression;
      return someAt(value, path, (found) => compare(op, found, wanted));
    }
  }
}

/** Own properties only: `__proto__` and `constructor` are names like others. */
function someAt(value: unknown, path: Path, holds: (found: unknown) => boolean, from = 0): boolean {
  const name = path[from];
  if (name === undefined) return holds(value);
  if (Array.isArray(value)) return value.some((element) => someAt(element, path, holds, from));
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return false;
  return someAt((value as Record<string, unknown>)[name], path, holds, from + 1);
}

/** Made once for each list: nine lists of 100 values against one of 31,000 took 160 ms by comparing each with each, and 5 so (measured). */
const sets = new WeakMap<readonly Scalar[], ReadonlySet<unknown>>();

function setOf(values: readonly Scalar[]): ReadonlySet<unknown> {
  const known = sets.get(values) ?? new Set<unknown>(values);
  sets.set(values, known);
  return known;
}

function isAmong(found: unknown, wanted: ReadonlySet<unknown>): boolean {
  return Array.isArray(found) ? found.some((element) => isAmong(element, wanted)) : wanted.has(found);
}

function compare(op: Exclude<Comparison, "!=">, found: unknown, wanted: Scalar): boolean {
  if (Array.isArray(found)) {
    // A list contains its elements, whole: `tags contains "red"` is not true of ["reddish"].
    const each = op === "contains" ? "=" : op;
    return found.some((element) => compare(each, element, wanted));
  }
  switch (op) {
    case "=":
      return found === wanted;
    case "<":
      return order(found, wanted) < 0;
    case "<=":
      return order(found, wanted) <= 0;
    case ">":
      return order(found, wanted) > 0;
    case ">=":
      return order(found, wanted) >= 0;
    case "contains":
      return typeof found === "string" && typeof wanted === "string" && found.includes(wanted);
    case "starts with":
      return typeof found === "string" && typeof wanted === "string" && found.startsWith(wanted);
    case "ends with":
      return typeof found === "string" && typeof wanted === "string" && found.endsWith(wanted);
  }
}

/** Of two numbers or two texts. NaN for all else: it is neither before nor after anything. */
function order(found: unknown, wanted: Scalar): number {
  if (typeof found === "number" && typeof wanted === "number") return found - wanted;
  if (typeof found === "string" && typeof wanted === "string")
    return found < wanted ? -1 : found > wanted ? 1 : 0;
  return Number.NaN;
}
