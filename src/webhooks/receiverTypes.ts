import { catalogEntry, type CatalogEntry, type CatalogRole, type WebhookData } from "../events/catalog.ts";
import type { Registry } from "../events/registry.ts";
import { webhookShapeFor } from "../events/webhookShape.ts";
import { receiverRuntime } from "./receiverRuntime.ts";
import { comment, propertyName, schemaType } from "./schemaType.ts";

export interface ReceiverTypesOptions {
  /** As the endpoint's `payloadVersion`. Default: the newest shape of each type. */
  readonly payloadVersion?: number | undefined;
}

/**
 * A module for the receiver's project, in one file and without dependencies: a type for each event that goes out, and
 * `parseWebhook`, which verifies a request and gives one of them. The same definitions always give the same text.
 */
export function receiverTypes(registry: Registry, options: ReceiverTypesOptions = {}): string {
  const { payloadVersion = Number.MAX_SAFE_INTEGER } = options;
  const events = registry.types.flatMap((definition) => {
    if (definition.webhook === null) return [];
    const entry = catalogEntry(definition, registry);
    const shape = webhookShapeFor(definition.webhook, payloadVersion);
    const data = entry.webhook.find(({ version }) => version === shape?.version) ?? entry.webhook[0]!;
    return [{ entry, data }];
  });
  const names = typeNames(events.map(({ entry }) => entry.type));
  const union = [...names.values()].map((name) => `\n  | ${name}`).join("") || " never";
  const types = events.map(({ entry, data }) => eventType(names.get(entry.type)!, entry, data));
  return `${HEAD}
/** Every event that webhooks send: \`switch (event.type)\` tells them apart. */
export type WebhookEvent =${union};

${types.join("\n")}
${receiverRuntime}`;
}

const HEAD = `// Written by \`tidings generate webhook-types\`. Change the definitions, not this file.

/** Something that an event is about. The label is its name as it was then. */
export interface Entity<Type extends string = string> {
  readonly type: Type;
  readonly id: string;
  readonly label: string | null;
}

/** What all events have. */
export interface EventBase {
  /** Of the event; the header \`webhook-id\` is that of the message. */
  readonly id: string;
  /** When it happened, in ISO 8601, as \`occurredAt\`. */
  readonly timestamp: string;
  /** Of \`data\`. */
  readonly version: number;
  readonly account: string;
  readonly actor: Entity;
  /** Whom the actor acted for. */
  readonly onBehalfOf: Entity | null;
  readonly occurredAt: string;
  /** The event in a sentence. */
  readonly description: string;
}
`;

function eventType(name: string, entry: CatalogEntry, { version, jsonSchema }: WebhookData): string {
  const roles = entry.roles.map((role) => `    readonly ${propertyName(role.name)}: ${roleType(role)};\n`);
  const refs = roles.length === 0 ? "Readonly<Record<string, never>>" : `{\n${roles.join("")}  }`;
  const data = jsonSchema === null ? "Readonly<Record<string, unknown>>" : schemaType(jsonSchema);
  return `${comment(`${entry.description ?? `\`${entry.type}\`.`} Version ${version}.`)}
export interface ${name} extends EventBase {
  readonly type: ${JSON.stringify(entry.type)};
  readonly subject: ${entityType(entry.subject.kinds)};
  readonly refs: ${refs};
  readonly data: ${data};
}
`;
}

function roleType({ kinds, holds }: CatalogRole): string {
  const entity = entityType(kinds);
  return holds === "many" ? `ReadonlyArray<${entity}>` : holds === "optional" ? `${entity} | null` : entity;
}

function entityType(kinds: readonly string[]): string {
  return `Entity<${kinds.map((kind) => JSON.stringify(kind)).join(" | ")}>`;
}

/** What the module itself declares, or uses of the language. */
const TAKEN = [
  "Entity",
  "EventBase",
  "WebhookEvent",
  "WebhookError",
  "WebhookProblem",
  "WebhookRequest",
  "VerifyOptions",
  "ArrayBuffer",
  "ReadonlyArray",
];

/** `card.moved` as CardMoved; one that another type has already gets a number. */
function typeNames(types: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(TAKEN);
  for (const type of types) {
    const plain = type.replaceAll(/(?:^|[._]+)([a-z0-9]?)/g, (_match, letter: string) =>
      letter.toUpperCase(),
    );
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain}${number}`;
    taken.add(name);
    names.set(type, name);
  }
  return names;
}
