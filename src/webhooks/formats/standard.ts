import type { Format } from "../format.ts";

/**
 * The public form as JSON. Standard Webhooks advises `type`, `timestamp` and `data`: they come first, and `timestamp` is
 * `occurredAt` under the name that its tools read.
 */
export const standard: Format = {
  name: "standard",
  write: ({ id, type, occurredAt, ...rest }) => {
    const body = { type, timestamp: occurredAt, id, ...rest, occurredAt };
    return { contentType: "application/json", headers: {}, body: Buffer.from(JSON.stringify(body)) };
  },
};
