import { expect, test } from "vitest";
import { readServerEvents, type ServerEvent } from "./serverEvents.ts";

async function read(...chunks: (string | Uint8Array<ArrayBuffer>)[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
  });
  await readServerEvents(
    body,
    (event) => events.push(event),
    () => undefined,
  );
  return events;
}

test("fields are read wherever chunks are cut, also within a letter", async () => {
  const bytes = new TextEncoder().encode('id: 7\nevent: event\ndata: {"text":"Zoë"}\n\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await read(bytes.slice(0, cut), bytes.slice(cut))).toEqual([
      { id: "7", event: "event", data: '{"text":"Zoë"}' },
    ]);
  }
});

test("comments and ids without data carry no data", async () => {
  expect(await read(": heartbeat\nid: 12\n\nretry: 1500\nid: 3\n\n")).toEqual([
    { id: "12" },
    { id: "3", retry: "1500" },
  ]);
});

test("a line ends at CR, LF or CRLF and nowhere else, wherever chunks are cut", async () => {
  const separators = "\u2028 \u2029 \u0085 \v \f";
  const events = [
    { id: "1", data: separators },
    { id: "2", data: `two\n${separators}` },
  ];
  for (const end of ["\n", "\r\n", "\r"]) {
    const lines = [
      "id: 1",
      `data: ${separators}`,
      "",
      "id: 2",
      "data: two",
      `data: ${separators}`,
      "",
      ": more",
    ];
    const bytes = new TextEncoder().encode(lines.join(end));
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(await read(bytes.slice(0, cut), bytes.slice(cut))).toEqual(events);
  }
});

test("an event that was not finished is not told", async () => {
  expect(await read("id: 1\ndata: 1\n\nid: 2\ndata: 2\n")).toEqual([{ id: "1", data: "1" }]);
});
