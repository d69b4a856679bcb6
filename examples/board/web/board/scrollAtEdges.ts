const EDGE_PX = 56;
const FASTEST_PX = 14;

/** Scrolls `element` while `pointer` is near one of its edges, once a frame, until `pointer` gives null. */
export function scrollAtEdges(
  element: HTMLElement,
  pointer: () => { readonly x: number; readonly y: number } | null,
  onScrolled: () => void,
): void {
  const frame = () => {
    const at = pointer();
    if (at === null) return;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const before = element.scrollLeft + element.scrollTop;
    element.scrollBy(speed(at.x, left, right), speed(at.y, top, bottom));
    if (element.scrollLeft + element.scrollTop !== before) onScrolled();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** The nearer to the edge, the faster; beyond it at full speed. */
function speed(at: number, start: number, end: number): number {
  const intoStart = EDGE_PX - (at - start);
  const intoEnd = EDGE_PX - (end - at);
  const into = Math.max(intoStart, intoEnd);
  if (into <= 0) return 0;
  const pixels = FASTEST_PX * Math.min(1, into / EDGE_PX);
  return intoStart > intoEnd ? -pixels : pixels;
}
