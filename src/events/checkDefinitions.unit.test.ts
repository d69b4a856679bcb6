import { describe, expect, test } from "vitest";
import { z } from "zod";
import * as events from "../../test/support/cliEvents.ts";
import * as poorEvents from "../../test/support/cliPoorEvents.ts";
import { defineAction } from "../replay/defineAction.ts";
import { checkDefinitions } from "./checkDefinitions.ts";
import { defineEvent } from "./defineEvent.ts";
import { defineEntity } from "./entity.ts";
import { createRegistry } from "./registry.ts";
import { sentence } from "./sentence.ts";

describe("checking definitions", () => {
  const problems = checkDefinitions(createRegistry(poorEvents));
  const of = (type: string) => problems.filter((problem) => problem.type === type);

  test("warns about a verb that says nothing, in every lane but that of row changes", () => {
    expect(of("card.updated")).toContainEqual(expect.objectContaining({ rule: "verb", level: "warning" }));
    const card = defineEntity("card");
    const change = defineEvent("card.updated", {
      subject: card,
      lane: "change",
      description: "A row changed.",
    });
    expect(checkDefinitions(createRegistry([change]))).toEqual([]);
  });

  test("names the past tense of an imperative", () => {
    expect(of("card.create")).toEqual([
      expect.objectContaining({ rule: "tense", message: expect.stringContaining("card.created") }),
    ]);
  });

  test("leaves actions their imperative", () => {
    const user = defineEntity("user");
    const rename = defineAction("user.rename", {
      kind: "update",
      subject: () => user("1"),
      run: () => undefined,
      description: "Gives somebody another name.",
    });
    expect(checkDefinitions(createRegistry([rename]))).toEqual([]);
  });

  test("finds an example that the schema refuses, with the place", () => {
    expect(of("card.priced")).toEqual([
      expect.objectContaining({
        rule: "example",
        level: "error",
        message: expect.stringContaining("amount"),
      }),
    ]);
  });

  test("says what of a schema is no JSON, in the library's words", () => {
    const stamped = defineEvent("card.stamped", {
      subject: defineEntity("card"),
      data: z.object({ at: z.date() }),
      sentence: (e) => sentence`${e.actor} stamped ${e.subject}`,
      description: "A card got a stamp.",
    });
    expect(checkDefinitions(createRegistry([stamped]))).toEqual([
      expect.objectContaining({
        rule: "json_schema",
        message: expect.stringContaining("Date cannot be represented in JSON Schema"),
      }),
      expect.objectContaining({ rule: "example", level: "warning" }),
    ]);
  });

  test("finds an example that the schema takes and no event can hold", () => {
    const stamped = defineEvent("card.stamped", {
      subject: defineEntity("card"),
      data: z.object({ at: z.coerce.date() }),
      jsonSchema: { type: "object" },
      example: { at: "2026-11-20" } as never,
      sentence: (e) => sentence`${e.actor} stamped ${e.subject}`,
      description: "A card got a stamp.",
    });
    expect(checkDefinitions(createRegistry([stamped]))).toEqual([
      expect.objectContaining({
        rule: "example",
        level: "error",
        message: "its example is refused: data.at has a toJSON method",
      }),
    ]);
  });

  test("finds a sentence that throws for the example", () => {
    expect(of("card.labelled")).toEqual([expect.objectContaining({ rule: "sentence", level: "error" })]);
  });

  test("warns about types without sentence and description", () => {
    expect(checkDefinitions(createRegistry(events)).map(({ type, rule }) => [type, rule])).toEqual([
      ["card.closed", "sentence"],
      ["card.closed", "description"],
    ]);
  });

  test("finds a webhook shape that throws for the example, and warns about one without a schema", () => {
    const write = () => {
      throw new Error("no");
    };
    const shaped = defineEvent("card.sized", {
      subject: defineEntity("card"),
      description: "A card got a size.",
      sentence: (e) => sentence`${e.actor} sized ${e.subject}`,
      webhook: [
        { version: 1, write: () => ({}) },
        { version: 2, write },
        { version: 3, write: () => ({}), schema: { type: "object" } },
      ],
    });
    expect(checkDefinitions(createRegistry([shaped]))).toEqual([
      expect.objectContaining({
        rule: "webhook",
        level: "warning",
        message: expect.stringContaining("shape 1"),
      }),
      expect.objectContaining({
        rule: "webhook",
        level: "error",
        message: expect.stringContaining("shape 2"),
      }),
    ]);
  });
});
