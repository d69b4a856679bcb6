import { beforeAll, describe, expect, test } from "vitest";
import { events } from "../../test/support/boardEvents.ts";
import type { Database } from "../db/database.ts";
import { createTidings } from "../tidings.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly responses: Record<string, { readonly description: string; readonly content?: object }>;
  readonly requestBody?: object;
}

interface Description {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

const unused = () => Promise.reject(new Error("the description needs no database"));
const noDatabase = { driver: "none", query: unused, transaction: unused } as unknown as Database;

let description: Description;
beforeAll(async () => {
  const authorize = () =>
    ({ account: "acme", actor: { type: "user", id: "ann", label: null }, role: "reader" }) as const;
  const { handler } = createTidings({ db: noDatabase, events, http: { authorize } });
  const response = await handler(new Request("https://app.example.com/openapi.json"));
  description = (await response.json()) as Description;
});

const operations = () =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe("the OpenAPI description", () => {
  test("lists every route", () => {
    expect(operations().map(({ method, path }) => `${method} ${path}`)).toEqual([
      "get /identity",
      "post /events",
      "get /events",
      "get /events/stats",
      "get /event-types/volume",
      "get /events/count",
      "get /events/{id}",
      "get /events/{id}/trace",
      "get /entities",
      "get /entities/{type}/{id}",
      "get /entities/{type}/{id}/state/moments",
      "get /entities/{type}/{id}/state",
      "get /feed",
      "get /timeline/{type}/{id}",
      "get /feed/groups",
      "get /feed/groups/{id}",
      "get /feed/unread",
      "get /feed/marks/{feed}",
      "put /feed/marks/{feed}",
      "get /feed/facets",
      "get /feed/days",
      "get /feed/filters",
      "post /feed/filters",
      "patch /feed/filters/{id}",
      "delete /feed/filters/{id}",
      "get /live",
      "get /catalog",
      "get /health",
      "get /doctor",
      "get /subscriptions",
      "get /subscriptions/{name}/parked",
      "post /subscriptions/{name}/parked/retry",
      "post /subscriptions/{name}/resume",
      "get /projections",
      "post /projections/{name}/rebuild",
      "get /replays",
      "post /replays",
      "get /replays/{id}",
      "post /replays/{id}/cancel",
      "get /webhooks/endpoints",
      "post /webhooks/endpoints",
      "get /webhooks/endpoints/{id}",
      "patch /webhooks/endpoints/{id}",
      "delete /webhooks/endpoints/{id}",
      "post /webhooks/endpoints/{id}/enable",
      "post /webhooks/endpoints/{id}/disable",
      "post /webhooks/endpoints/{id}/rotate",
      "post /webhooks/endpoints/{id}/send",
      "post /webhooks/endpoints/{id}/test",
      "get /webhooks/endpoints/{id}/recoverable",
      "post /webhooks/endpoints/{id}/recover",
      "post /webhooks/endpoints/{id}/backfill",
      "get /webhooks/endpoints/{id}/jobs",
      "get /webhooks/jobs/{id}",
      "delete /webhooks/jobs/{id}",
      "get /webhooks/endpoints/{id}/stats",
      "get /webhooks/stats",
      "get /webhooks/endpoints/{id}/messages",
      "get /webhooks/deliveries",
      "get /webhooks/deliveries/{id}",
      "post /webhooks/deliveries/{id}/resend",
      "get /event-types",
      "get /webhooks/event-types",
      "get /webhooks/asyncapi.json",
      "post /webhooks/portal-tokens",
      "get /openapi.json",
    ]);
  });

  test("is OpenAPI 3.1 with a name, a version and an id for each operation", () => {
    expect(description.openapi).toBe("3.1.0");
    expect(description.info).toMatchObject({ title: "Tidings", version: "1" });
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(undefined);
  });

  test("has what every reference names", () => {
    const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name] of references) expect(description.components.schemas).toHaveProperty(name!);
  });

  test("describes each parameter of a path, and no parameter that names an account", () => {
    for (const { path, operation } of operations()) {
      const parameters = operation.parameters ?? [];
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((each) => each.in === "path").map(({ name }) => name)).toEqual(inPath);
      expect(parameters.map(({ name }) => name)).not.toContain("account");
    }
  });

  test("says of each route but itself that it answers problems", () => {
    for (const { path, operation } of operations()) {
      for (const { description: text } of Object.values(operation.responses)) expect(text).not.toBe("");
      if (path === "/openapi.json") continue;
      expect(operation.responses["default"]!.content).toEqual({
        "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
      });
    }
  });

  test("is made from the schemas that check: limits, names and lists are in it", () => {
    const feed = description.paths["/feed"]!["get"]!;
    const schemaOf = (name: string) => feed.parameters!.find((each) => each.name === name)!.schema;
    expect(schemaOf("limit")).toMatchObject({ type: "integer", minimum: 1, maximum: 200 });
    expect(schemaOf("lanes")).toMatchObject({
      type: "array",
      items: { enum: ["domain", "change", "client", "system"] },
    });
    expect(description.components.schemas["Batch"]).toMatchObject({
      properties: { events: { minItems: 1, maxItems: 1_000, items: { $ref: "#/components/schemas/Draft" } } },
      additionalProperties: false,
    });
    expect(description.paths["/live"]!["get"]!.responses["200"]!.content).toHaveProperty([
      "text/event-stream",
    ]);
  });
});
