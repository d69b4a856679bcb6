import { describe, expect, test } from "vitest";
import { z } from "zod";
import * as events from "../../test/support/cliEvents.ts";
import { catalog } from "./catalog.ts";
import { defineEvent } from "./defineEvent.ts";
import { defineEntity } from "./entity.ts";
import { createRegistry } from "./registry.ts";
import { sentence } from "./sentence.ts";

const card = defineEntity("card", { icon: "square" });
const entryOf = (...definitions: object[]) => catalog(createRegistry(definitions))[0]!;

describe("the catalog", () => {
  test("has an entry for each type, by name, with all that its definition says", () => {
    const entries = catalog(createRegistry(events));
    expect(entries.map(({ type }) => type)).toEqual(["card.closed", "card.moved", "card.shared"]);
    expect(entries[1]).toMatchObject({
      category: "card",
      lane: "domain",
      severity: "info",
      kind: null,
      version: 2,
      description: "A card went from one column to another.",
      subject: { kinds: ["card"] },
      roles: [
        { name: "from", kinds: ["column"], holds: "one" },
        { name: "to", kinds: ["column"], holds: "one" },
      ],
      aliases: ["card_moved"],
      icon: "arrow-right",
      jsonSchema: { properties: { position: { type: "integer", minimum: 0 } } },
      sentence: "Ann moved Card 1 from Column 1 to Column 2",
      olderVersions: [{ version: 1, jsonSchema: { properties: { index: { type: "integer" } } } }],
    });
    expect(entries[2]).toMatchObject({
      roles: [
        { name: "with", kinds: ["user", "team"], holds: "many" },
        { name: "by", holds: "optional" },
        { name: "on", kinds: ["column", "team"], holds: "one" },
      ],
      sentence: "Ann shared Card 1 with User 1 and User 2",
    });
    expect(entries[0]).toMatchObject({ example: {}, icon: "square", sentence: null });
  });

  test("takes an empty description and an empty icon for none", () => {
    const closed = defineEvent("card.closed", { subject: card, description: "", icon: "" });
    expect(entryOf(closed)).toMatchObject({ description: null, icon: "square" });
  });

  test("shows data as it is stored, after the schema's own changes", () => {
    const data = z.object({ title: z.string().transform((text) => text.toUpperCase()) });
    expect(
      entryOf(defineEvent("card.named", { subject: card, data, example: { title: "a" } })).example,
    ).toEqual({
      title: "A",
    });
    expect(entryOf(defineEvent("card.named", { subject: card, data })).example).toEqual({ title: "TITLE" });
  });

  test("tells which data webhooks send: what is stored, each shape, or none", () => {
    const data = z.object({ size: z.int() });
    const webhookOf = (webhook?: boolean) =>
      entryOf(defineEvent("card.sized", { subject: card, data, example: { size: 2 }, webhook })).webhook;
    expect(webhookOf()).toMatchObject([
      { version: 1, jsonSchema: { properties: { size: { type: "integer" } } }, example: { size: 2 } },
    ]);
    expect(webhookOf(false)).toEqual([]);
    const schema = z.object({ big: z.boolean() });
    const shaped = defineEvent("card.sized", {
      subject: card,
      data,
      example: { size: 2 },
      webhook: [
        { version: 4, write: (e) => ({ big: e.data.size > 1 }), schema },
        { version: 2, write: (e) => ({ card: e.subject.id }) },
      ],
    });
    expect(entryOf(shaped).webhook).toMatchObject([
      { version: 2, jsonSchema: null, example: { card: "1" } },
      { version: 4, jsonSchema: { properties: { big: { type: "boolean" } } }, example: { big: true } },
    ]);
  });

  test("has no example where the schema refuses it, and no sentence where that throws", () => {
    const data = z.object({ size: z.int() });
    const wrong = defineEvent("card.sized", { subject: card, data, example: { size: 1.5 } });
    expect(entryOf(wrong)).toMatchObject({ example: null, sentence: null });
    const throws = () => {
      throw new Error("no");
    };
    expect(entryOf(defineEvent("card.sized", { subject: card, sentence: throws })).sentence).toBeNull();
  });

  test("takes the JSON Schema from the definition where the library has none", () => {
    const schema = {
      "~standard": { version: 1, vendor: "own", validate: (value: unknown) => ({ value }) },
    } as const;
    const jsonSchema = { type: "object", properties: { size: { type: "integer" } } };
    const given = defineEvent("card.sized", { subject: card, data: schema, jsonSchema });
    expect(entryOf(given)).toMatchObject({ jsonSchema, example: { size: 1 } });
    expect(entryOf(defineEvent("card.sized", { subject: card, data: schema }))).toMatchObject({
      jsonSchema: null,
      example: null,
    });
  });

  test("survives a schema that JSON Schema cannot describe", () => {
    const data = z.object({ at: z.date().transform((date) => date.toISOString()) });
    const entry = entryOf(
      defineEvent("card.dated", {
        subject: card,
        data,
        example: { at: new Date(0) },
        sentence: (e) => sentence`${e.actor} dated ${e.subject} ${e.data.at}`,
      }),
    );
    expect(entry.example).toEqual({ at: "1970-01-01T00:00:00.000Z" });
    expect(entry.sentence).toBe("Ann dated Card 1 1970-01-01T00:00:00.000Z");
  });
});
