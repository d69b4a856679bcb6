import type { KeyboardEvent, PointerEvent } from "react";
import { NARROWEST, WIDEST } from "./useInspectorWidth.ts";

interface ResizeHandleProps {
  readonly width: number;
  readonly onResize: (width: number) => void;
}

const STEP = 32;

/** The line between the page and the Inspector: dragged with the pointer, or moved with the arrow keys. */
export function ResizeHandle({ width, onResize }: ResizeHandleProps) {
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onResize(width + by);
  };
  const onDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onResize(innerWidth - event.clientX);
  };
  return (
    <div
      className="resize-handle"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the inspector"
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      tabIndex={0}
      onKeyDown={onKey}
      onPointerDown={onDown}
      onPointerMove={onMove}
    />
  );
}
