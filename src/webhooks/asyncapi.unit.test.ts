import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { events } from "../../test/support/webhookEvents.ts";
import { createRegistry } from "../events/registry.ts";
import { asyncApi } from "./asyncapi.ts";
import { eventTypes } from "./eventTypes.ts";

const registry = createRegistry(events);
const document = asyncApi(registry) as unknown as AsyncApiDocument;

/** What this test looks at. */
interface AsyncApiDocument {
  readonly asyncapi: string;
  readonly channels: { readonly endpoint: { readonly messages: Record<string, { $ref: string }> } };
  readonly operations: { readonly sendWebhook: { readonly messages: { $ref: string }[] } };
  readonly components: {
    readonly messages: Record<
      string,
      { name: string; payload: { $ref: string }; examples: { payload: object }[] }
    >;
    readonly schemas: Record<string, object>;
  };
}

const pointedAt = (pointer: string): unknown =>
  pointer
    .slice(2)
    .split("/")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);

const ajv = () => new Ajv2020({ strict: false, formats: { "date-time": true } });

describe("AsyncAPI", () => {
  test("has a message for each shape of each type that goes out, the newest under the type's name", () => {
    expect(document.asyncapi).toBe("3.0.0");
    const names = ["invoice.paid_v1", "invoice.paid", "invoice.sent", "job.failed"];
    expect(Object.keys(document.components.messages)).toEqual(names);
    expect(Object.keys(document.channels.endpoint.messages)).toEqual(names);
    // An operation's messages are those of its channel, as the standard asks.
    expect(document.operations.sendWebhook.messages).toEqual(
      names.map((name) => ({ $ref: `#/channels/endpoint/messages/${name}` })),
    );
    expect(document.components.messages["invoice.paid_v1"]!.name).toBe("invoice.paid");
  });

  test("every reference leads to something", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, pointer]) => pointer!,
    );
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((pointer) => pointedAt(pointer) === undefined)).toEqual([]);
  });

  test("each payload's schema takes its example, and nothing of another type", () => {
    const validator = ajv().addSchema({ $id: "asyncapi:", ...document });
    for (const [name, { payload, examples }] of Object.entries(document.components.messages)) {
      const validate = validator.compile({ $ref: `asyncapi:${payload.$ref}` });
      const [example] = examples;
      expect([name, validate(example!.payload), validate.errors]).toEqual([name, true, null]);
      expect(validate({ ...example!.payload, type: "card.moved" })).toBe(false);
    }
  });
});

describe("event types", () => {
  const types = eventTypes(registry);

  test("are those that go out, by name, with the shapes that older endpoints get", () => {
    expect(types.map(({ type, version }) => [type, version])).toEqual([
      ["invoice.paid", 3],
      ["invoice.sent", 1],
      ["job.failed", 1],
    ]);
    expect(types[0]!.olderVersions.map(({ version }) => version)).toEqual([1]);
    expect(types[1]).toMatchObject({ category: "invoice", description: "An invoice went out." });
  });

  test("have an example that their JSON Schema takes, with public keys", () => {
    for (const { type, jsonSchema, example, olderVersions } of types) {
      for (const each of [{ jsonSchema, example }, ...olderVersions]) {
        const validate = ajv().compile(each.jsonSchema);
        expect([type, validate(each.example), validate.errors]).toEqual([type, true, null]);
      }
    }
    expect(types[1]!.example).toMatchObject({ subject: { id: "inv_1001" }, account: "acme" });
  });

  test("say in their schema what a body must have", () => {
    const validate = ajv().compile(types[1]!.jsonSchema);
    const example = types[1]!.example!;
    const lines = [{ name: "Work", parts: [{ name: 1 }] }];
    // The schema refers to itself: one level down is still looked at.
    expect(validate({ ...example, data: { ...(example["data"] as object), lines } })).toBe(false);
    expect(validate({ ...example, refs: {} })).toBe(false);
    expect(validate({ ...example, new: "properties may come" })).toBe(true);
  });
});
