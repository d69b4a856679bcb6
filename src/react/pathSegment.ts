/** A text as one segment of a path: `.` and `..`, which every browser folds away, as the server takes them, `~.` and `~..`. */
export function pathSegment(text: string): string {
  return encodeURIComponent(text).replace(/^~*\.\.?$/, "~$&");
}
