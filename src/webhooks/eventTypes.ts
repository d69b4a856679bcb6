import { catalogEntry, type CatalogEntry, type WebhookData } from "../events/catalog.ts";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { JsonObject } from "../events/serializable.ts";
import { bodySchema } from "./bodySchema.ts";
import { exampleRecordedEvent } from "./exampleEvent.ts";
import { createMessageWriter } from "./writeMessage.ts";

/** A type that endpoints may ask for, as receivers see it. */
export interface PublicEventType extends PublicEventVersion {
  readonly type: string;
  /** The first word of the type: `card.*` means all of them. */
  readonly category: string;
  readonly description: string | null;
  /** Older shapes, for endpoints with an older `payloadVersion`; newest first. */
  readonly olderVersions: readonly PublicEventVersion[];
}

export interface PublicEventVersion {
  /** Of `data`. */
  readonly version: number;
  /** Of the whole body in the standard format, draft 2020-12. */
  readonly jsonSchema: JsonObject;
  /** A body. Null where no valid example can be made. */
  readonly example: JsonObject | null;
}

/** All types that go out, by name. */
export function eventTypes(registry: Registry): PublicEventType[] {
  return registry.types.flatMap((definition) => {
    const entry = catalogEntry(definition, registry);
    const [newest, ...older] = entry.webhook.toReversed();
    if (!newest) return [];
    return [
      {
        type: entry.type,
        category: entry.category,
        description: entry.description,
        ...publicVersion(entry, newest, definition, registry),
        olderVersions: older.map((data) => publicVersion(entry, data, definition, registry)),
      },
    ];
  });
}

function publicVersion(
  entry: CatalogEntry,
  data: WebhookData,
  definition: AnyEventDefinition,
  registry: Registry,
): PublicEventVersion {
  return {
    version: data.version,
    jsonSchema: { $schema: "https://json-schema.org/draft/2020-12/schema", ...bodySchema(entry, data) },
    example: exampleBody(definition, data.version, registry),
  };
}

// The same at every call: documents made from it can be compared.
const EXAMPLE = { account: "acme", id: "019ddc6f-8a40-7c4a-9d3e-5b1f0a2c4d6e" };

/** The bytes that would be sent of the definition's example. */
export function exampleBody(
  definition: AnyEventDefinition,
  payloadVersion: number,
  registry: Registry,
): JsonObject | null {
  const event = exampleRecordedEvent(definition, EXAMPLE);
  if (event === null) return null;
  try {
    const writer = createMessageWriter({ registry, source: "/" });
    const message = writer.write(event, { format: "standard", payloadVersion });
    return message && (JSON.parse(message.body.toString()) as JsonObject);
  } catch {
    return null; // a `publicId` that does not take the example's keys, a `write` that does not take its data
  }
}
