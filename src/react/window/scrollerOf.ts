/** The box around an element that scrolls, or null where the page does. */
export function scrollerOf(element: HTMLElement): HTMLElement | null {
  let box = element.parentElement;
  while (box !== null && box !== document.body && box !== document.documentElement) {
    if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
    box = box.parentElement;
  }
  return null;
}
