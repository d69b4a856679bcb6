/** What is known of heights, in pixels. Rows that were never on the screen count as the average of those that were. */
export interface RowHeights {
  readonly measured: ReadonlyMap<string, number>;
  readonly average: number;
}

/** Where each row begins, and at the end the height of all. `leadOf` is what stands above a row: the heading of its day. */
export function rowTops(
  ids: readonly string[],
  { measured, average }: RowHeights,
  leadOf: (index: number) => number,
): Float64Array {
  const tops = new Float64Array(ids.length + 1);
  for (let index = 0; index < ids.length; index++) {
    tops[index + 1] = tops[index]! + leadOf(index) + (measured.get(ids[index]!) ?? average);
  }
  return tops;
}

/** The rows that lie between two heights: from the first to before the second. */
export function rowsBetween(tops: Float64Array, from: number, to: number): readonly [number, number] {
  const count = tops.length - 1;
  const first = Math.min(Math.max(firstAbove(tops, from) - 1, 0), count);
  return [first, Math.min(firstAbove(tops, to), count)];
}

/** Index of the first top that is greater. */
function firstAbove(tops: Float64Array, height: number): number {
  let low = 0;
  let high = tops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle]! > height) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The rows of a range, and with the focused one its neighbours, so that the keyboard always finds the next. */
export function mountedRows(
  count: number,
  [from, to]: readonly [number, number],
  focused: number,
): readonly number[] {
  const rows = new Set<number>();
  for (let index = Math.max(from, 0); index < Math.min(to, count); index++) rows.add(index);
  if (focused >= 0) {
    for (const index of [focused - 1, focused, focused + 1]) if (index >= 0 && index < count) rows.add(index);
  }
  return [...rows].sort((a, b) => a - b);
}
