/**
 * A text as one segment of a path. `.` and `..` would be folded away by every client, encoded too, so they are written `~.` and `~..`;
 * what reads like that already gets one `~` more.
 */
export function pathSegment(text: string): string {
  return encodeURIComponent(text).replace(/^~*\.\.?$/, "~$&");
}

/** A path in which `pathSegment` wrote, with its `.` and `..` again. */
export function withDotSegments(path: string): string {
  return path.replace(/(?<=\/)~(?=~*\.\.?(?:\/|$))/g, "");
}
