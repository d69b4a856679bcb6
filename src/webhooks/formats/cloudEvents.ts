import { entityKey } from "../../events/entity.ts";
import type { Format, FormatContext } from "../format.ts";
import type { PublicEvent } from "../publicForm.ts";

/** CloudEvents 1.0, structured: attributes and, as `data`, the whole public form in one JSON object. */
export const cloudEvents: Format = {
  name: "cloudevents",
  write: (event, context) => ({
    contentType: "application/cloudevents+json",
    headers: {},
    body: Buffer.from(
      JSON.stringify({ ...attributes(event, context), datacontenttype: "application/json", data: event }),
    ),
  }),
};

/** CloudEvents 1.0, binary: attributes as headers, the public form as the body. */
export const cloudEventsBinary: Format = {
  name: "cloudevents-binary",
  write: (event, context) => ({
    contentType: "application/json",
    headers: Object.fromEntries(
      Object.entries(attributes(event, context)).map(([name, value]) => [`ce-${name}`, headerValue(value)]),
    ),
    body: Buffer.from(JSON.stringify(event)),
  }),
};

/** `source` and `id` together say which event it is: a receiver that serves several apps counts on that. */
function attributes(event: PublicEvent, { source }: FormatContext) {
  return {
    specversion: "1.0",
    id: event.id,
    source,
    type: event.type,
    subject: entityKey(event.subject),
    time: event.occurredAt,
  };
}

/** As the HTTP binding asks: percent-encoded UTF-8 for space, quote, percent and everything outside printable ASCII. */
function headerValue(text: string): string {
  return text.replace(/[^!#$&-~]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join(""),
  );
}
