import fc from "fast-check";
import { expect, test } from "vitest";
import { mountedRows, rowsBetween, rowTops } from "./rowTops.ts";

const heights = (measured: Record<string, number>) => ({
  measured: new Map(Object.entries(measured)),
  average: 10,
});

test("rows lie one below the other, headings with them; the unmeasured count as the average", () => {
  const tops = rowTops(["a", "b", "c"], heights({ b: 30 }), (index) => (index === 0 ? 5 : 0));
  expect([...tops]).toEqual([0, 15, 45, 55]);
});

test("every row that touches a range is found", () => {
  const height = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(
      fc.array(height, { maxLength: 30 }),
      fc.integer({ min: -100, max: 1_600 }),
      fc.nat(300),
      (rows, from, size) => {
        const ids = rows.map((_, index) => String(index));
        const measured = Object.fromEntries(rows.map((each, index) => [String(index), each]));
        const tops = rowTops(ids, heights(measured), () => 0);
        const [first, end] = rowsBetween(tops, from, from + size);
        for (let index = 0; index < rows.length; index++) {
          const touches = tops[index + 1]! > from && tops[index]! <= from + size;
          if (touches) expect(index >= first && index < end, `row ${index}`).toBe(true);
        }
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(rows.length);
      },
    ),
  );
});

test("the focused row and its neighbours are always there", () => {
  expect(mountedRows(100, [50, 53], 7)).toEqual([6, 7, 8, 50, 51, 52]);
  expect(mountedRows(100, [0, 2], 0)).toEqual([0, 1]);
  expect(mountedRows(3, [0, 9], -1)).toEqual([0, 1, 2]);
});
