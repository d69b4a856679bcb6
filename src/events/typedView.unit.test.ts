import { describe, expect, test } from "vitest";
import * as events from "../../test/support/cliEvents.ts";
import { catalog } from "./catalog.ts";
import { dataColumns } from "./dataColumns.ts";
import { createRegistry } from "./registry.ts";
import { typedView } from "./typedView.ts";

const [, moved, shared] = catalog(createRegistry(events));

describe("a typed view", () => {
  test("gives each field the SQL type that its JSON Schema stands for", () => {
    const types = Object.fromEntries(dataColumns(shared!).map(({ field, sqlType }) => [field, sqlType]));
    expect(types).toMatchObject({
      until: "timestamptz",
      day: "date",
      link: "uuid",
      price: "double precision",
      isPublic: "boolean",
      level: "text",
      tags: "jsonb",
    });
    expect(dataColumns(moved!)).toEqual([
      { field: "position", sqlType: "bigint", versions: [2] },
      { field: "reason", sqlType: "text", versions: [2] },
    ]);
  });

  test("takes a whole number without bounds for numeric, because bigint could overflow", () => {
    const jsonSchema = { type: "object", properties: { n: { type: "integer" } } };
    expect(dataColumns({ ...moved!, jsonSchema })[0]!.sqlType).toBe("numeric");
  });

  test("joins the fields of a union; one whose type differs is JSON", () => {
    const option = (type: string) => ({
      type: "object",
      properties: { kind: { const: type }, value: { type } },
    });
    const jsonSchema = { oneOf: [option("string"), option("boolean")] };
    expect(dataColumns({ ...moved!, jsonSchema }).map(({ field, sqlType }) => [field, sqlType])).toEqual([
      ["kind", "text"],
      ["value", "jsonb"],
    ]);
  });

  test("refuses an index on what is no column, no scalar, or a time", () => {
    for (const index of ["nothing", "with_ids", "tags", "until"]) {
      expect(() => typedView(shared!, "card_shared", { indexes: [index] })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(index) }),
      );
    }
  });
});
