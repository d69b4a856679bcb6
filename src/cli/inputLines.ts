/** Nothing else: a text in JSON holds other separators of lines, such as U+2028, as they are. */
const LINE_END = /\r\n|\n|\r/;

/**
 * The lines of what comes in, whatever the pieces. Not by node:readline: after Node 20 it also ends them at U+2028 and U+2029, in
 * the middle of a JSON text.
 */
export async function* inputLines(
  input: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let begun = "";
  let afterCr = false;
  for await (const piece of input) {
    const text = typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
    if (text === "") continue;
    // A CR ends its line at once; an LF that comes with the next piece belongs to it.
    const lines = (begun + (afterCr && text.startsWith("\n") ? text.slice(1) : text)).split(LINE_END);
    afterCr = text.endsWith("\r");
    begun = lines.pop()!;
    yield* lines;
  }
  const last = begun + decoder.decode();
  if (last !== "") yield last;
}
