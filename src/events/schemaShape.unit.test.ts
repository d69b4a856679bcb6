import { describe, expect, test } from "vitest";
import { shapeChanges, shapeOf } from "./schemaShape.ts";

describe("the shape of a JSON Schema", () => {
  test("is the same in whatever order and words it is written", () => {
    const one = shapeOf({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      description: "Where a card is.",
      properties: { b: { enum: ["x", "y"], default: "x" }, a: { type: ["string", "null"], title: "A" } },
      required: ["b", "a"],
    });
    const other = shapeOf({
      required: ["a", "b"],
      properties: { a: { type: ["null", "string"] }, b: { enum: ["y", "x"] } },
      type: "object",
    });
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  test("keeps properties that are called like annotations", () => {
    const schema = { properties: { default: { type: "string" }, title: { type: "string" } }, type: "object" };
    expect(shapeOf(schema)).toEqual(schema);
  });

  test("leaves constant values alone", () => {
    expect(shapeOf({ const: { title: "A", default: 1 } })).toEqual({ const: { title: "A", default: 1 } });
  });

  test("takes a format for a format, however a library's release spells its pattern", () => {
    expect(shapeOf({ type: "string", format: "date", pattern: "^\\d+$" })).toEqual({
      type: "string",
      format: "date",
    });
    expect(shapeOf({ type: "string", pattern: "^\\d+$" })).toHaveProperty("pattern");
  });

  test("differs where something came, went or changed, named as in the data", () => {
    const published = shapeOf({
      type: "object",
      properties: { tags: { type: "array", items: { type: "string", maxLength: 9 } }, old: true },
    });
    const present = shapeOf({
      type: "object",
      properties: { tags: { type: "array", items: { type: "string", maxLength: 5 } } },
      required: ["tags"],
    });
    expect(shapeChanges(published, present)).toEqual([
      { path: "old", published: true, isNewField: false },
      { path: "tags[].maxLength", published: 9, present: 5, isNewField: false },
      { path: "required", present: ["tags"], isNewField: false },
    ]);
    expect(shapeChanges(present, present)).toEqual([]);
  });

  test("tells new fields from new rules, at any depth and whatever a field is called", () => {
    const place = { type: "object", properties: { items: { type: "array", items: { type: "string" } } } };
    const published = shapeOf({ type: "object", properties: { place } });
    const present = shapeOf({
      type: "object",
      properties: {
        place: {
          ...place,
          properties: { ...place.properties, maxLength: { type: "integer" } },
          minProperties: 1,
        },
      },
    });
    expect(shapeChanges(published, present)).toEqual([
      { path: "place.minProperties", present: 1, isNewField: false },
      { path: "place.maxLength", present: { type: "integer" }, isNewField: true },
    ]);
  });
});
