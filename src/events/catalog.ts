import type { ActionKind, AnyEventDefinition, Lane, SentenceEvent, Severity } from "./defineEvent.ts";
import type { Role } from "./entity.ts";
import { exampleData } from "./exampleData.ts";
import { exampleEntities } from "./exampleEntities.ts";
import { jsonSchemaOf } from "./jsonSchemaOf.ts";
import type { Language } from "./language.ts";
import type { Registry } from "./registry.ts";
import { renderText } from "./renderSentence.ts";
import type { JsonObject } from "./serializable.ts";
import { spokenParts } from "./spokenParts.ts";
import { validateData } from "./validateData.ts";

/** What there is to know about one event type: the source of docs, views and API descriptions. */
export interface CatalogEntry {
  readonly type: string;
  readonly category: string;
  readonly lane: Lane;
  readonly severity: Severity;
  /** What an action does to its subject; null for an event that is no action. */
  readonly kind: ActionKind | null;
  readonly version: number;
  readonly description: string | null;
  readonly subject: { readonly kinds: readonly string[] };
  readonly roles: readonly CatalogRole[];
  readonly aliases: readonly string[];
  /** A Lucide icon name. */
  readonly icon: string;
  /** Of the stored data, draft 2020-12. Null where the schema library cannot tell and the definition does not. */
  readonly jsonSchema: JsonObject | null;
  /** Data as it is stored. Null where none is given and none that is valid could be made. */
  readonly example: JsonObject | null;
  /** What a person would read of the example. Null where the definition has no sentence or it throws. */
  readonly sentence: string | null;
  readonly olderVersions: readonly OlderVersion[];
  /** The versions of `data` that webhooks send, oldest first; empty where they never send it. */
  readonly webhook: readonly WebhookData[];
}

/** What receivers of webhooks see as `data`. */
export interface WebhookData {
  readonly version: number;
  readonly jsonSchema: JsonObject | null;
  readonly example: JsonObject | null;
}

export interface CatalogRole {
  readonly name: string;
  /** The kinds of entities that it takes. */
  readonly kinds: readonly string[];
  readonly holds: "one" | "optional" | "many";
}

export interface OlderVersion {
  readonly version: number;
  readonly jsonSchema: JsonObject | null;
}

/** One entry for each event type, by name. */
export function catalog(registry: Registry): CatalogEntry[] {
  return registry.types.map((definition) => catalogEntry(definition, registry));
}

export function catalogEntry(definition: AnyEventDefinition, registry: Registry): CatalogEntry {
  const example = exampleOf(definition);
  return {
    type: definition.type,
    category: definition.category,
    lane: definition.lane,
    severity: definition.severity,
    kind: definition.kind,
    version: definition.version,
    description: definition.description ?? null,
    subject: { kinds: kindsOf(definition.subject) },
    roles: Object.entries(definition.refs).map(([name, role]) => ({
      name,
      kinds: kindsOf(role),
      holds: role.holds,
    })),
    aliases: definition.aliases,
    icon:
      definition.icon ?? registry.entities.get(kindsOf(definition.subject)[0]!)?.options.icon ?? "activity",
    jsonSchema: dataSchema(definition),
    example,
    sentence: attempt(() => sentenceOf(definition, example, registry.languages.own)),
    olderVersions: Object.entries(definition.upcasters).map(([version, { schema }]) => ({
      version: Number(version),
      jsonSchema: jsonSchemaOf(schema, "output"),
    })),
    webhook: webhookData(definition, example),
  };
}

function webhookData(definition: AnyEventDefinition, example: JsonObject | null): WebhookData[] {
  if (definition.webhook === null) return [];
  if (definition.webhook.length === 0)
    return [{ version: definition.version, jsonSchema: dataSchema(definition), example }];
  return definition.webhook.map(({ version, jsonSchema, write }) => ({
    version,
    jsonSchema,
    example: example && attempt(() => write(exampleEvent(definition, example) as SentenceEvent<never>)),
  }));
}

/** The sentence for the example, in which entities are called by kind and number. Throws what the definition throws. */
export function sentenceOf(
  definition: AnyEventDefinition,
  data: JsonObject | null,
  language: Language,
): string | null {
  if (!definition.sentence || data === null) return null;
  const event = exampleEvent(definition, data) as SentenceEvent<never>;
  return renderText(spokenParts(definition.sentence(event, language.words), language));
}

/** The definition's own example is checked like any other: null when the schema refuses it. */
export function exampleOf(definition: AnyEventDefinition): JsonObject | null {
  if (!definition.schema) return {};
  if (definition.example !== undefined) return stored(definition, definition.example);
  // What goes in, where the schema changes it on the way; what comes out, where only that can be described.
  const schemas = [
    definition.jsonSchema,
    jsonSchemaOf(definition.schema, "input"),
    jsonSchemaOf(definition.schema, "output"),
  ];
  for (const schema of schemas) {
    const value = schema && attempt(() => exampleData(schema));
    const data = value === undefined ? null : stored(definition, value);
    if (data !== null) return data;
  }
  return null;
}

/** What `record` would store for this input, or null where it would refuse it. */
function stored(definition: AnyEventDefinition, input: unknown): JsonObject | null {
  return attempt(() => JSON.parse(JSON.stringify(validateData(input, definition))) as JsonObject);
}

function dataSchema({ schema, jsonSchema }: AnyEventDefinition): JsonObject | null {
  return jsonSchema ?? (schema ? jsonSchemaOf(schema, "output") : NO_DATA);
}

const NO_DATA: JsonObject = { type: "object", properties: {}, additionalProperties: false };

/** An event with this data: its entities are called by kind and number. */
export function exampleEvent(definition: AnyEventDefinition, data: JsonObject): SentenceEvent {
  return {
    actor: { type: "user", id: "ann", label: "Ann", isActor: true },
    onBehalfOf: null,
    ...exampleEntities(definition),
    data,
    severity: definition.severity,
    occurredAt: new Date("2026-11-20T09:30:00Z"),
  };
}

function kindsOf(role: Role): string[] {
  return role.entities.map(({ entity }) => entity);
}

function attempt<Result>(make: () => Result): Result | null {
  try {
    return make();
  } catch {
    return null;
  }
}
