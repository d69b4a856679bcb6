import { catalogEntry, type CatalogEntry } from "./catalog.ts";
import type { AnyEventDefinition } from "./defineEvent.ts";
import { exampleData } from "./exampleData.ts";
import { whyUnreadable } from "./goldenPayload.ts";
import { isJsonObject } from "./jsonSchemaRef.ts";
import { publishedData, publishedSchema } from "./publishedPart.ts";
import type { Registry } from "./registry.ts";
import { shapeChanges, shapeOf, type ShapeChange } from "./schemaShape.ts";
import type { JsonObject } from "./serializable.ts";
import { canUpcast } from "./upcast.ts";

/** One version of an event type or action, as it went out. */
export interface PublishedVersion {
  /** What its JSON Schema said of stored data, or of an action's input; null where the schema library could not tell. */
  readonly shape: JsonObject | null;
  /** Such data as it stored, or could have; null where none was given and none could be made. */
  readonly golden: JsonObject | null;
}

/** Everything that a log may hold: the content of tidings.versions.json, by type and version. */
export type PublishedVersions = {
  readonly [type: string]: { readonly [version: string]: PublishedVersion };
};

/** Why what was published can no longer be read, or would be read as something else. */
export interface VersionProblem {
  readonly type: string;
  readonly version: number;
  readonly rule: "type_gone" | "version_gone" | "shape_changed" | "golden_refused";
  /** What is wrong and what to do. */
  readonly message: string;
  readonly changes: readonly ShapeChange[];
}

/** What the definitions know and nothing is published of. */
export interface UnpublishedVersion {
  readonly type: string;
  readonly version: number;
  /** Optional fields that a published version has by now: no reader misses them. Empty: the version itself is new. */
  readonly fields: readonly string[];
}

/**
 * Where replays send a version that is not left to the definition of its type: null, nowhere; otherwise what says why a payload
 * cannot go there, null when it can.
 */
export type FindRoute = (type: string, version: number) => ((golden: JsonObject) => string | null) | null;

/** Reads every golden payload as the present definitions do, and compares every published shape with theirs. */
export function checkPublished(
  published: PublishedVersions,
  registry: Registry,
  findRoute: FindRoute = () => null,
): VersionProblem[] {
  return Object.entries(published).flatMap(([type, versions]) => {
    const definition = registry.find(type);
    const entry = definition && catalogEntry(definition, registry);
    return Object.entries(versions).flatMap(([key, version]) => {
      const number = Number(key);
      const route = findRoute(type, number);
      const found = problemOf(number, version, definition, entry);
      // A route is a reader, too. A changed shape is not made right by one: the version would mean two things.
      const problem = found?.rule !== "shape_changed" && route ? problemOfRoute(version, route) : found;
      return problem ? [{ type, version: number, changes: [], ...problem }] : [];
    });
  });
}

/** What the definitions know beyond what was published: versions, and optional fields of one. */
export function unpublishedVersions(published: PublishedVersions, registry: Registry): UnpublishedVersion[] {
  return registry.types.flatMap((definition) => {
    const entry = catalogEntry(definition, registry);
    return knownVersions(definition).flatMap((version) => {
      const before = published[definition.type]?.[version];
      const changes = before ? changesOf(before, shapeOfVersion(version, definition, entry)) : [];
      const fields = changes.every(({ isNewField }) => isNewField) ? changes.map(({ path }) => path) : [];
      return before && fields.length === 0 ? [] : [{ type: definition.type, version, fields }];
    });
  });
}

/** All that was published, as it was, and what the definitions know beyond it. In one order, so that merges are small. */
export function withUnpublished(published: PublishedVersions, registry: Registry): PublishedVersions {
  const all: Record<string, Record<string, PublishedVersion>> = { ...published };
  for (const { type, version } of unpublishedVersions(published, registry)) {
    const present = presentVersion(version, registry.find(type)!, registry);
    const golden = published[type]?.[version]?.golden ?? present.golden;
    all[type] = { ...all[type], [version]: { ...present, golden } };
  }
  return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Found = Pick<VersionProblem, "rule" | "message"> & { readonly changes?: readonly ShapeChange[] };

function problemOf(
  version: number,
  published: PublishedVersion,
  definition: AnyEventDefinition | undefined,
  entry: CatalogEntry | undefined,
): Found | null {
  if (!definition || !entry) {
    const message =
      "has no definition any more. Bring it back, or name it in the aliases of what took its place";
    return { rule: "type_gone", message };
  }
  const { type } = definition;
  if (!canUpcast(definition.upcasters, version, definition.version)) {
    const message =
      version > definition.version
        ? `was published, but ${type} is at version ${definition.version}. A version is never taken back: go on from ${version}`
        : `has no way to version ${definition.version}. Give ${type} an upcaster, upcast: { ${version}: from(…) }, or a route`;
    return { rule: "version_gone", message };
  }
  const changes = changesOf(published, shapeOfVersion(version, definition, entry));
  if (!changes.every(({ isNewField }) => isNewField)) {
    const message =
      version === definition.version
        ? `is published, and its shape changed. Make this version ${version + 1}, with an upcaster from the shape as it was: upcast: { ${version}: from(…) }`
        : `is read by an upcaster whose schema is not the published one. Give from(…) the schema that version ${version} had`;
    return { rule: "shape_changed", message, changes };
  }
  const { golden } = published;
  const present = shapeOfVersion(definition.version, definition, entry);
  const reason = golden && failureOf(() => whyUnreadable(golden, version, definition, present));
  if (reason === null) return null;
  const message = `does not read as version ${definition.version} any more: ${reason}. Mend the upcaster, because the log keeps what it holds`;
  return { rule: "golden_refused", message };
}

function problemOfRoute(
  { golden }: PublishedVersion,
  whyRefused: (golden: JsonObject) => string | null,
): Found | null {
  const reason = golden && failureOf(() => whyRefused(golden));
  if (reason === null) return null;
  const message = `does not replay by its route any more: ${reason}. Mend the route, because the log keeps what it holds`;
  return { rule: "golden_refused", message };
}

function failureOf(whyNot: () => string | null): string | null {
  try {
    return whyNot();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The present version and those that an upcaster reads; an action's older ones may have a route instead. */
function knownVersions({ version, upcasters }: AnyEventDefinition): number[] {
  return [...Object.keys(upcasters).map(Number), version];
}

function changesOf({ shape }: PublishedVersion, present: JsonObject | null): ShapeChange[] {
  // A schema library that no longer tells its shape: nothing can be compared, which somebody must look at.
  return shape === null ? [] : shapeChanges(shapeOf(shape), present ?? {});
}

/** The shape of what a definition stores now; null where nobody can tell. */
export function presentShape(definition: AnyEventDefinition, registry: Registry): JsonObject | null {
  return shapeOfVersion(definition.version, definition, catalogEntry(definition, registry));
}

function shapeOfVersion(
  version: number,
  definition: AnyEventDefinition,
  { jsonSchema, olderVersions }: CatalogEntry,
): JsonObject | null {
  const schema =
    version === definition.version
      ? jsonSchema
      : olderVersions.find((older) => older.version === version)!.jsonSchema;
  const part = publishedSchema(definition, schema);
  return part && shapeOf(part);
}

function presentVersion(
  version: number,
  definition: AnyEventDefinition,
  registry: Registry,
): PublishedVersion {
  const entry = catalogEntry(definition, registry);
  const shape = shapeOfVersion(version, definition, entry);
  if (version !== definition.version) return { shape, golden: goldenOf(shape) };
  const golden = entry.example && publishedData(definition, entry.example);
  return { shape, golden: golden as JsonObject | null };
}

/** Of an older version nothing but the shape is left. It can be replaced in the file by data from a real log. */
function goldenOf(shape: JsonObject | null): JsonObject | null {
  const made = shape === null ? undefined : exampleData(shape);
  return isJsonObject(made) ? made : null;
}
