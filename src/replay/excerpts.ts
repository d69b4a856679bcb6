type Value = string | null | undefined;

/**
 * Two values, or of long ones the part where they begin to differ: nobody reads a document of a megabyte in a report. The
 * excerpts have at most `length` characters, a tenth of them before the first difference.
 */
export function excerptsOf<One extends Value, Other extends Value>(
  one: One,
  other: Other,
  length: number,
): readonly [One | string, Other | string] {
  const longest = Math.max(one?.length ?? 0, other?.length ?? 0);
  if (longest <= length) return [one, other];
  const start = Math.max(0, firstDifference(one ?? "", other ?? "") - Math.floor(length / 10));
  return [cut(one, start, length), cut(other, start, length)];
}

function firstDifference(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index++;
  return index;
}

/** Half of a surrogate pair at the edge would keep PostgreSQL from storing the report. */
function cut<Given extends Value>(value: Given, start: number, length: number): Given | string {
  if (value === null || value === undefined) return value;
  const end = start + length;
  return `${start > 0 ? "…" : ""}${value.slice(start, end).toWellFormed()}${end < value.length ? "…" : ""}`;
}
