import { followRef, isJsonObject } from "./jsonSchemaRef.ts";
import type { Json, JsonObject } from "./serializable.ts";

/**
 * A value that a JSON Schema describes, always the same one for the same schema; undefined where none is found (a bare
 * pattern, an empty enum). The caller validates: keywords that rarely decide, such as `not` or `contains`, are passed over.
 */
export function exampleData(schema: JsonObject): Json | undefined {
  return sample(schema, { root: schema, name: "", within: [] });
}

interface Place {
  readonly root: JsonObject;
  /** The property that the value stands in: what a text without any other hint says. */
  readonly name: string;
  /** The references that led here: a recursive schema ends where one comes again. */
  readonly within: readonly Json[];
}

function sample(schema: Json | undefined, place: Place): Json | undefined {
  if (schema === undefined || schema === true) return place.name;
  if (!isJsonObject(schema)) return undefined;
  const reference = schema["$ref"];
  if (reference !== undefined) {
    if (place.within.includes(reference)) return undefined;
    return sample(followRef(schema, place.root), { ...place, within: [...place.within, reference] });
  }
  if (schema["const"] !== undefined) return schema["const"];
  const given = [schema["examples"], schema["enum"]].find(isList)?.[0] ?? schema["default"];
  if (given !== undefined) return given;
  const alternatives = [schema["anyOf"], schema["oneOf"]].find(isList);
  if (alternatives) return firstSample(alternatives.toSorted(nullLast), place);
  if (isList(schema["allOf"])) return sample(merge(schema, schema["allOf"]), place);
  switch (typeOf(schema)) {
    case "object":
      return sampleObject(schema, place);
    case "array":
      return sampleArray(schema, place);
    case "string":
      return sampleText(schema, place.name);
    case "integer":
      return sampleNumber(schema, Number.isInteger);
    case "number":
      return sampleNumber(schema, Number.isFinite);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return place.name;
  }
}

function firstSample(alternatives: readonly Json[], place: Place): Json | undefined {
  for (const alternative of alternatives) {
    const value = sample(alternative, place);
    if (value !== undefined) return value;
  }
  return undefined;
}

function sampleObject(schema: JsonObject, place: Place): Json | undefined {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const required = isList(schema["required"]) ? schema["required"] : [];
  const value: Record<string, Json> = {};
  for (const [name, property] of Object.entries(properties)) {
    const sampled = sample(property, { ...place, name });
    if (sampled !== undefined) define(value, name, sampled);
    else if (required.includes(name)) return undefined;
  }
  const rest = schema["additionalProperties"];
  // A record: one entry shows what it holds.
  if (isJsonObject(rest) && Object.keys(value).length === 0) {
    const key = sample(schema["propertyNames"], { ...place, name: "key" });
    const sampled = sample(rest, { ...place, name: "value" });
    if (typeof key === "string" && sampled !== undefined) define(value, key, sampled);
  }
  return value;
}

/** A property named `__proto__` is a property like any other. */
function define(target: Record<string, Json>, name: string, value: Json): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

function sampleArray(schema: JsonObject, place: Place): Json | undefined {
  const first = isList(schema["prefixItems"]) ? schema["prefixItems"] : [];
  const least = typeof schema["minItems"] === "number" ? schema["minItems"] : 0;
  const most = typeof schema["maxItems"] === "number" ? schema["maxItems"] : Infinity;
  const length = Math.min(Math.max(least, first.length, 1), most);
  const items: Json[] = [];
  for (let index = 0; index < length; index++) {
    const item = sample(first[index] ?? schema["items"], place);
    if (item === undefined) return items.length >= least ? items : undefined;
    items.push(item);
  }
  return items;
}

const TEXTS: Readonly<Record<string, string>> = {
  "date-time": "2026-11-20T09:30:00Z",
  date: "2026-11-20",
  time: "09:30:00",
  duration: "PT1H30M",
  uuid: "0193b0c2-6f6e-7c4a-9d3e-5b1f0a2c4d6e",
  email: "ann@example.com",
  uri: "https://example.com/",
  url: "https://example.com/",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  e164: "+493012345678",
  base64: "aGVsbG8=",
  base64url: "aGVsbG8",
  ulid: "01JD4Y8ZK3VQ5W7X9YB2C4D6E8",
  nanoid: "V1StGXR8_Z5jdHi6B-myT",
  cuid2: "tz4a98xxat96iws9zmbrgj3a",
};

/** Texts that a pattern often asks for; one that none of them fits needs an example by hand. */
const GUESSES = [
  "a",
  "A",
  "1",
  "abc",
  "ABC",
  "abc-123",
  "ABC-123",
  "123",
  "1.0.0",
  "#336699",
  "EUR",
  "en",
  "09:30",
];

function sampleText(schema: JsonObject, name: string): string | undefined {
  const format = typeof schema["format"] === "string" ? TEXTS[schema["format"]] : undefined;
  const least = typeof schema["minLength"] === "number" ? schema["minLength"] : 0;
  const most = typeof schema["maxLength"] === "number" ? schema["maxLength"] : Infinity;
  const plain = name === "" ? "text" : name;
  const text = format ?? plain.padEnd(least, ` ${plain}`).slice(0, most);
  if (typeof schema["pattern"] !== "string") return text;
  const pattern = schema["pattern"];
  return [text, ...Object.values(TEXTS), ...GUESSES].find(
    (guess) => guess.length >= least && guess.length <= most && matches(pattern, guess),
  );
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return false;
  }
}

function sampleNumber(schema: JsonObject, isAllowed: (value: number) => boolean): number | undefined {
  const numberOf = (key: string) => {
    const bound = schema[key];
    // The ends of what JavaScript counts exactly are no bounds that anybody chose.
    return typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  };
  const step = numberOf("multipleOf") ?? 1;
  const above = numberOf("exclusiveMinimum") ?? -Infinity;
  const below = numberOf("exclusiveMaximum") ?? Infinity;
  const least = Math.max(numberOf("minimum") ?? -Infinity, above);
  const most = Math.min(numberOf("maximum") ?? Infinity, below);
  const lowest = Math.ceil(least / step) * step;
  const highest = Math.floor(most / step) * step;
  // One, because it is the most ordinary amount; then what is nearest to a bound, or between two narrow ones.
  return [step, lowest, lowest + step, highest, highest - step, (least + most) / 2].find(
    (value) => isAllowed(value) && value >= least && value <= most && value > above && value < below,
  );
}

function typeOf(schema: JsonObject): string | undefined {
  const type = schema["type"];
  if (typeof type === "string") return type;
  if (isList(type))
    return type.find((item): item is string => typeof item === "string" && item !== "null") ?? "null";
  if (schema["properties"] !== undefined || schema["additionalProperties"] !== undefined) return "object";
  return schema["items"] !== undefined || schema["prefixItems"] !== undefined ? "array" : undefined;
}

/** All parts of an `allOf` as one schema: enough for objects whose properties are spread over several. */
function merge(schema: JsonObject, parts: readonly Json[]): JsonObject {
  const { allOf: _, ...own } = schema;
  return [...parts.filter(isJsonObject), own].reduce<JsonObject>((merged, part) => {
    const both = (key: string, of: JsonObject) => (isJsonObject(of[key]) ? of[key] : {});
    const list = (of: JsonObject) => (isList(of["required"]) ? of["required"] : []);
    return {
      ...merged,
      ...part,
      properties: { ...both("properties", merged), ...both("properties", part) },
      required: [...list(merged), ...list(part)],
    };
  }, {});
}

function nullLast(a: Json, b: Json): number {
  const isNull = (schema: Json) => Number(isJsonObject(schema) && schema["type"] === "null");
  return isNull(a) - isNull(b);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value) && value.length > 0;
}
