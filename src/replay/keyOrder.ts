import { quoteIdentifier } from "../db/schema.ts";

/** One column of what tells rows apart, and the order that both databases and this process agree on. */
export interface KeyColumn {
  readonly name: string;
  /** For ORDER BY. */
  readonly orderBy: string;
  readonly compare: (one: string, other: string) => number;
}

/**
 * Two databases may sort text differently (another locale, another version of its library), and a merge needs one order. Whole
 * numbers are in their own, which an index has; anything else is in the order of its text's bytes.
 */
export function keyColumn(name: string, type: string): KeyColumn {
  const column = quoteIdentifier(name);
  if (/^(smallint|integer|bigint)$/.test(type)) return { name, orderBy: column, compare: compareIntegers };
  // The bytes of a uuid are in the order of its digits: an index has this one too.
  if (type === "uuid") return { name, orderBy: column, compare: compareBytes };
  return { name, orderBy: `${column}::text collate "C"`, compare: compareBytes };
}

/** Less than 0 where `one` comes first. A null comes last, as PostgreSQL has it. */
export function compareKeys(
  columns: readonly KeyColumn[],
  one: readonly (string | null)[],
  other: readonly (string | null)[],
): number {
  for (const [index, { compare }] of columns.entries()) {
    const [left, right] = [one[index] ?? null, other[index] ?? null];
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return compare(left, right);
  }
  return 0;
}

function compareIntegers(one: string, other: string): number {
  const [left, right] = [BigInt(one), BigInt(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Not by `<`, which goes by UTF-16 and puts an emoji before some letters of Unicode that come first in UTF-8. */
function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
