import { expect, test } from "vitest";
import { z } from "zod";
import { schemaFields } from "./schemaFields.ts";

const fields = (schema: z.ZodType) =>
  schemaFields(z.toJSONSchema(schema, { io: "output" }) as Record<string, unknown>).map(
    ({ path, type, required }) => `${path}${required ? "" : "?"}: ${type}`,
  );

test("a schema is read as a table: nested fields by their path, types and limits in words", () => {
  const schema = z.object({
    amount: z.number().min(0),
    count: z.int(),
    currency: z.enum(["EUR", "USD"]),
    note: z.string().max(500).nullable().optional(),
    lines: z.array(z.object({ name: z.string(), done: z.boolean() })),
    kind: z.literal("invoice"),
  });
  expect(fields(schema)).toEqual([
    "amount: number, from 0",
    "count: whole number",
    "currency: one of EUR, USD",
    "note?: text, up to 500 characters or null",
    "lines: list of object",
    "lines[].name: text",
    "lines[].done: yes or no",
    "kind: always invoice",
  ]);
});

test("a schema that refers to itself ends", () => {
  const line = z.object({
    name: z.string(),
    get parts() {
      return z.array(line).optional();
    },
  });
  const found = fields(z.object({ lines: z.array(line) }));
  expect(found.slice(0, 3)).toEqual([
    "lines: list of object",
    "lines[].name: text",
    "lines[].parts?: list of object",
  ]);
  expect(found.length).toBeLessThan(12);
});

test("a schema that says nothing has no fields", () => {
  expect(schemaFields({})).toEqual([]);
});
