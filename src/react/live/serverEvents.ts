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
  body: ReadableStream<Uint8Array>,
  onEvent: (event: ServerEvent) => void,
  onBytes: () => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    onBytes();
    text += decoder.decode(read.value, { stream: true });
    const blocks = text.split(/\r?\n\r?\n/);
    text = blocks.pop()!;
    for (const block of blocks) onEvent(parse(block));
  }
}

function parse(block: string): ServerEvent {
  const fields: Record<string, string> = {};
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    fields[name] = name === "data" && fields["data"] !== undefined ? `${fields["data"]}\n${value!}` : value!;
  }
  return fields;
}
