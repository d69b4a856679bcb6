/** One server-sent event. `retry` and comments come without data. */
export interface ServerEvent {
  readonly id?: string | undefined;
  readonly data?: string | undefined;
  readonly retry?: string | undefined;
}

/**
 * Reads a stream of server-sent events until it ends; `onBytes` is called for every chunk, also for heartbeats. Fields as
 * in https://html.spec.whatwg.org/multipage/server-sent-events.html; EventSource is not used because it sends no
 * headers and does not tell why it was refused.
 */
export async function readServerEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onEvent: (event: ServerEvent) => void,
  onBytes: () => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let begun = "";
  let fields: Record<string, string> = {};
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    onBytes();
    const lines = (begun + read.value).split(LINE_END);
    begun = lines.pop()!;
    for (const line of lines) {
      // `s`, because a dot leaves U+2028 and U+2029 out, which JSON may hold and which end no line here.
      const [, name, value = ""] = /^(\w+):? ?(.*)$/s.exec(line) ?? [];
      if (line === "") {
        onEvent(fields);
        fields = {};
      } else if (name !== undefined)
        fields[name] = name === "data" && name in fields ? `${fields[name]}\n${value}` : value;
    }
  }
}

/** A CR that comes last waits for what follows it: an LF would belong to it. */
const LINE_END = /\r\n|\n|\r(?!$)/;
