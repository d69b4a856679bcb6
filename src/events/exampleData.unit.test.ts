import { describe, expect, test } from "vitest";
import { z } from "zod";
import { exampleData } from "./exampleData.ts";
import type { JsonObject } from "./serializable.ts";

const jsonSchema = (schema: z.ZodType) =>
  schema["~standard"].jsonSchema!.input({ target: "draft-2020-12" }) as JsonObject;

interface Tree {
  name: string;
  branches: Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), branches: z.array(tree) }));

const schemas: Record<string, z.ZodType> = {
  "whole numbers within bounds": z.object({ a: z.int().min(7), b: z.int().max(-7), c: z.int().gt(1).lt(3) }),
  "numbers within bounds": z.object({
    a: z.number().positive(),
    b: z.number().gt(0).lt(0.5),
    c: z.number().multipleOf(0.25),
  }),
  "texts of a length": z.object({ a: z.string().min(20), b: z.string().max(2), c: z.string().length(5) }),
  formats: z.object({
    a: z.iso.datetime(),
    b: z.iso.date(),
    c: z.iso.time(),
    d: z.iso.duration(),
    e: z.uuid(),
    f: z.email(),
    g: z.url(),
    h: z.ipv4(),
    i: z.ipv6(),
    j: z.base64(),
    k: z.ulid(),
    l: z.nanoid(),
  }),
  "common patterns": z.object({
    sku: z.string().regex(/^[A-Z]{3}-\d+$/),
    colour: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  "choices and constants": z.object({
    a: z.enum(["x", "y"]),
    b: z.literal(5),
    c: z.literal(null),
    d: z.boolean(),
  }),
  unions: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("a"), size: z.int() }),
    z.object({ kind: z.literal("b") }),
  ]),
  "nullable and optional": z.object({
    a: z.string().nullable(),
    b: z.string().optional(),
    c: z.int().default(3),
  }),
  "lists and tuples": z.object({
    a: z.array(z.string()).min(3),
    b: z.tuple([z.string(), z.int()]),
    c: z.array(z.int()).max(0),
  }),
  records: z.object({ a: z.record(z.string(), z.int()) }),
  intersections: z.intersection(z.object({ a: z.string() }), z.object({ b: z.int() })),
  "recursive schemas": z.object({ tree }),
  "a property named __proto__": z.object({ ["__proto__"]: z.string() }),
};

describe("an example", () => {
  test.each(Object.entries(schemas))("is valid for %s", (_, schema) => {
    const example = exampleData(jsonSchema(schema));
    expect(schema.safeParse(example).error).toBeUndefined();
  });

  test("is always the same for the same schema", () => {
    for (const schema of Object.values(schemas)) {
      expect(exampleData(jsonSchema(schema))).toEqual(exampleData(jsonSchema(schema)));
    }
  });

  test("follows references into $defs, and ends where a schema must contain itself", () => {
    const address = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    expect(exampleData({ $ref: "#/$defs/address", $defs: { address } })).toEqual({ city: "city" });
    const endless = { type: "object", properties: { again: { $ref: "#" } }, required: ["again"] };
    expect(
      exampleData({
        $ref: "#/$defs/endless",
        $defs: { endless: { ...endless, properties: { again: { $ref: "#/$defs/endless" } } } },
      }),
    ).toBeUndefined();
  });

  test("is not invented for a pattern that no ordinary text fits", () => {
    const schema = { type: "object", properties: { code: { type: "string", pattern: "^§{4}$" } } };
    expect(exampleData({ ...schema, required: ["code"] })).toBeUndefined();
    expect(exampleData(schema)).toEqual({});
  });

  test("prefers what the schema itself gives as examples", () => {
    expect(exampleData({ type: "string", examples: ["Launch week"] })).toBe("Launch week");
  });
});
