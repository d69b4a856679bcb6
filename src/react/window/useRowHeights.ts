import { useEffect, useState } from "react";
import type { RowHeights } from "./rowTops.ts";

export interface MeasuredRows extends RowHeights {
  /** Height of the heading of a day. */
  readonly heading: number;
  /** Measures an element from now on; null forgets it. A stable function for each id. */
  readonly refOf: (id: string) => (element: HTMLElement | null) => void;
}

const GUESS = 68;
const HEADING_GUESS = 32;
export const HEADING = "heading";

/** The heights of rows, as they are on the screen: fonts load, windows are resized, groups open. */
export function useRowHeights(): MeasuredRows {
  const [rows] = useState(createRowObserver);
  const [heights, setHeights] = useState(rows.heights);
  useEffect(() => rows.start(setHeights), [rows]);
  return { ...heights, refOf: rows.refOf };
}

type Heights = Omit<MeasuredRows, "refOf">;

function createRowObserver() {
  const elements = new Map<string, HTMLElement>();
  const ids = new WeakMap<Element, string>();
  const refs = new Map<string, (element: HTMLElement | null) => void>();
  const measured = new Map<string, number>();
  let heading = HEADING_GUESS;
  let sum = 0;
  let observer: ResizeObserver | undefined;

  const heights = (): Heights => ({
    measured,
    heading,
    average: measured.size === 0 ? GUESS : sum / measured.size,
  });

  function measure(id: string, height: number): boolean {
    if (id === HEADING) {
      const changed = Math.abs(heading - height) >= 1;
      heading = height;
      return changed;
    }
    const known = measured.get(id);
    if (known !== undefined && Math.abs(known - height) < 1) return false;
    measured.set(id, height);
    sum += height - (known ?? 0);
    return true;
  }

  return {
    heights,
    refOf(id: string) {
      let ref = refs.get(id);
      if (ref === undefined) {
        ref = (element) => {
          const before = elements.get(id);
          if (before !== undefined) observer?.unobserve(before);
          if (element === null) return void elements.delete(id);
          elements.set(id, element);
          ids.set(element, id);
          observer?.observe(element);
        };
        refs.set(id, ref);
      }
      return ref;
    },
    start(tell: (heights: Heights) => void) {
      observer = new ResizeObserver((entries) => {
        let changed = false;
        for (const { target, borderBoxSize } of entries) {
          const id = ids.get(target);
          // A row that was just taken away is told with a height of nothing.
          if (id === undefined || !target.isConnected) continue;
          changed = measure(id, borderBoxSize[0]!.blockSize) || changed;
        }
        if (changed) tell(heights());
      });
      for (const element of elements.values()) observer.observe(element);
      return () => observer?.disconnect();
    },
  };
}
