import { expect, test } from "vitest";
import { inputLines } from "./inputLines.ts";

async function linesOf(...pieces: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of inputLines(ReadableStream.from(pieces))) lines.push(line);
  return lines;
}

test("a line ends at CR, LF or CRLF and nowhere else, wherever the pieces are cut", async () => {
  const lines = ["", "first\u2028\u2029\u0085", "Zoë", "", "last"];
  for (const end of ["\n", "\r\n", "\r"]) {
    const bytes = new TextEncoder().encode(lines.join(end));
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(await linesOf(bytes.slice(0, cut), bytes.slice(cut))).toEqual(lines);
  }
});

test("an end behind the last line begins no other one", async () => {
  expect(await linesOf("a\n")).toEqual(["a"]);
  expect(await linesOf()).toEqual([]);
});
