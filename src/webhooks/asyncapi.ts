import { catalogEntry, type CatalogEntry, type WebhookData } from "../events/catalog.ts";
import type { Registry } from "../events/registry.ts";
import type { JsonObject } from "../events/serializable.ts";
import { bodySchema } from "./bodySchema.ts";
import { exampleBody } from "./eventTypes.ts";

export interface AsyncApiOptions {
  /** Default `Webhooks`. */
  readonly title?: string | undefined;
  /** Of the document. Default `1.0.0`. */
  readonly version?: string | undefined;
}

/**
 * AsyncAPI 3 of everything that webhooks send, in the standard format: https://www.asyncapi.com/docs/reference/specification/v3.0.0.
 * Written from the side of the sender, as the standard asks.
 */
export function asyncApi(
  registry: Registry,
  { title = "Webhooks", version = "1.0.0" }: AsyncApiOptions = {},
): JsonObject {
  const messages = registry.types.flatMap((definition) => {
    const entry = catalogEntry(definition, registry);
    const newest = entry.webhook.at(-1);
    return entry.webhook.map((data) => {
      const name = data === newest ? entry.type : `${entry.type}_v${data.version}`;
      return { name, entry, data, example: exampleBody(definition, data.version, registry) };
    });
  });
  const names = messages.map(({ name }) => name);
  return {
    asyncapi: "3.0.0",
    info: {
      title,
      version,
      description:
        "Requests to your endpoints. Answer with any 2xx within the endpoint's timeout; anything else is tried again. " +
        "The same `webhook-id` may come more than once: pass over what you have seen.",
    },
    defaultContentType: "application/json",
    channels: {
      endpoint: {
        address: null, // the receiver's own
        title: "Your endpoint",
        messages: Object.fromEntries(names.map((name) => [name, ref("components", "messages", name)])),
      },
    },
    operations: {
      sendWebhook: {
        action: "send",
        title: "Send a webhook",
        channel: ref("channels", "endpoint"),
        messages: names.map((name) => ref("channels", "endpoint", "messages", name)),
        bindings: { http: { method: "POST", bindingVersion: "0.3.0" } },
      },
    },
    components: {
      messages: Object.fromEntries(messages.map((message) => [message.name, messageObject(message)])),
      schemas: {
        [HEADERS]: headersSchema,
        ...Object.fromEntries(
          messages.map(({ name, entry, data }) => [
            name,
            bodySchema(entry, data, pointer("components", "schemas", name)),
          ]),
        ),
      },
    },
  };
}

interface DescribedMessage {
  readonly name: string;
  readonly entry: CatalogEntry;
  readonly data: WebhookData;
  readonly example: JsonObject | null;
}

function messageObject({ name, entry, data, example }: DescribedMessage): JsonObject {
  return {
    name: entry.type,
    title: `${entry.type}, version ${data.version}`,
    ...(entry.description !== null && { summary: entry.description }),
    tags: [{ name: entry.category }],
    contentType: "application/json",
    headers: ref("components", "schemas", HEADERS),
    payload: ref("components", "schemas", name),
    ...(example && { examples: [{ name: "example", payload: example }] }),
  };
}

/** No type is called so: types have a dot. */
const HEADERS = "headers";

const headersSchema: JsonObject = {
  type: "object",
  description: "Of Standard Webhooks. An endpoint may choose another scheme.",
  properties: {
    "webhook-id": { type: "string", description: "Of the message, the same on every attempt." },
    "webhook-timestamp": {
      type: "string",
      pattern: "^[0-9]+$",
      description: "Of this attempt, in seconds since 1970. Refuse what is older than five minutes.",
    },
    "webhook-signature": {
      type: "string",
      description: "`v1,` or `v1a,` and base64, one for each valid key, divided by spaces.",
    },
  },
  required: ["webhook-id", "webhook-timestamp", "webhook-signature"],
};

function ref(...path: readonly string[]): JsonObject {
  return { $ref: pointer(...path) };
}

/** Names of types hold neither `~` nor `/`, which pointers would escape. */
function pointer(...path: readonly string[]): string {
  return `#/${path.join("/")}`;
}
