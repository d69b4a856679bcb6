/** "14:05", in the reader's own clock. */
export function clockWords(time: number): string {
  return new Date(time).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** "14:05:09", where minutes would be too coarse. */
export function secondsWords(time: number): string {
  return new Date(time).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** "14:00 – 14:30": the stretch that begins there. */
export function spanWords(time: number, lengthMs: number): string {
  return `${clockWords(time)} – ${clockWords(time + lengthMs)}`;
}

export function dayWords(time: number): string {
  return new Date(time).toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" });
}
