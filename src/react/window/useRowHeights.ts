import { useState } from "react";
import type { RowHeights } from "./rowTops.ts";

interface Heights extends RowHeights {
  /** Of the heading of a day. */
  readonly heading: number;
}

type Measure = (element: HTMLElement | null) => void;

export interface MeasuredRows extends Heights {
  /** Measures an element from now on; null forgets it. One function for each id, always the same. */
  readonly refOf: (id: string) => Measure;
}

/** The id under which the heading of a day is measured. */
export const HEADING = "heading";

const guess: Heights = { measured: new Map(), average: 60, heading: 32 };

/** The heights of rows, as they are on the screen: fonts load, windows are resized, groups open. */
export function useRowHeights(): MeasuredRows {
  const [heights, setHeights] = useState(guess);
  const [refOf] = useState(() => createMeasuring(setHeights));
  return { ...heights, refOf };
}

function createMeasuring(tell: (heights: Heights) => void): (id: string) => Measure {
  const refs = new Map<string, Measure>();
  const ids = new WeakMap<Element, string>();
  const measured = new Map<string, number>();
  let { average, heading } = guess;
  let sum = 0;
  let observer: ResizeObserver | undefined;

  function onResize(entries: readonly ResizeObserverEntry[]): void {
    let isNew = false;
    for (const { target, borderBoxSize } of entries) {
      // A row that was just taken away is told with a height of nothing.
      if (!target.isConnected) continue;
      const id = ids.get(target)!;
      const height = borderBoxSize[0]!.blockSize;
      const known = id === HEADING ? heading : measured.get(id);
      if (known !== undefined && Math.abs(known - height) < 1) continue;
      isNew = true;
      if (id === HEADING) heading = height;
      else {
        measured.set(id, height);
        sum += height - (known ?? 0);
        average = sum / measured.size;
      }
    }
    if (isNew) tell({ measured, average, heading });
  }

  function createRef(id: string): Measure {
    let observed: HTMLElement | null = null;
    return (element) => {
      // Made here, because there is none on the server.
      observer ??= new ResizeObserver(onResize);
      if (observed !== null) observer.unobserve(observed);
      observed = element;
      if (element === null) return;
      ids.set(element, id);
      observer.observe(element);
    };
  }

  return (id) => {
    const ref = refs.get(id) ?? createRef(id);
    refs.set(id, ref);
    return ref;
  };
}
