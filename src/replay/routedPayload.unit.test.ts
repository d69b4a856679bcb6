import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineEntity } from "../events/entity.ts";
import { checkPublished, withUnpublished } from "../events/publishedVersions.ts";
import { createRegistry } from "../events/registry.ts";
import { from } from "../events/upcast.ts";
import { defineAction } from "./defineAction.ts";
import { createRouteFinder } from "./routedPayload.ts";
import type { Route } from "./routes.ts";

const user = defineEntity("user");
const common = { kind: "create", subject: () => user("1"), run: () => undefined } as const;
const nameV1 = z.object({ name: z.string() });
const created = z.object({ first: z.string(), last: z.string() });

const createUser1 = defineAction("user.create", { ...common, input: nameV1 });
const createUser2 = defineAction("user.create", { ...common, version: 2, input: created });
const createUserV1 = defineAction("user.create_v1", { ...common, input: nameV1, ignore: true });

const published = withUnpublished({}, createRegistry([createUser1]));
const check = (actions: object[], routes: readonly Route<never>[] = []) => {
  const registry = createRegistry(actions);
  return checkPublished(published, registry, createRouteFinder(routes, registry));
};

describe("published versions of an action", () => {
  test("hold its input, and nothing of what is written beside it", () => {
    expect(published).toEqual({
      "user.create": {
        1: {
          shape: {
            additionalProperties: false,
            properties: { name: { type: "string" } },
            required: ["name"],
            type: "object",
          },
          golden: { name: "name" },
        },
      },
    });
    expect(check([createUser1])).toEqual([]);
  });

  test("need an upcaster of their input, or a route", () => {
    expect(check([createUser2])).toMatchObject([{ version: 1, rule: "version_gone" }]);
    const upcast = { 1: from(nameV1, ({ name }) => ({ first: name, last: "" })) };
    expect(check([defineAction("user.create", { ...common, version: 2, input: created, upcast })])).toEqual(
      [],
    );
    expect(check([createUser2], [{ from: createUser2, versions: [1], to: createUserV1 }])).toEqual([]);
    expect(check([createUser2], [{ from: createUser2, versions: [2], to: createUserV1 }])).toHaveLength(1);
  });

  test("are routed only to what takes their payload", () => {
    const to = (input: (stored: { readonly [name: string]: unknown }) => unknown): Route<never>[] => [
      { from: "user.create", versions: [1], to: [createUserV1, { action: createUser2, input }] },
    ];
    expect(
      check(
        [createUser2],
        to(({ name }) => ({ first: name, last: "" })),
      ),
    ).toEqual([]);
    expect(
      check(
        [createUser2],
        to(({ name }) => ({ first: name })),
      ),
    ).toMatchObject([
      { rule: "golden_refused", message: expect.stringContaining("user.create: last: ") as string },
    ]);
    expect(check([createUser2], [{ from: "user.create", to: createUser2 }])).toMatchObject([
      { rule: "golden_refused", message: expect.stringContaining("user.create: first: ") as string },
    ]);
    const throwing = to(() => {
      throw new Error("no names any more");
    });
    expect(check([createUser2], throwing)).toMatchObject([
      { message: expect.stringContaining("no names any more") as string },
    ]);
  });

  test("may lead nowhere with a reason, or to code of the app's", () => {
    expect(check([createUserV1], [{ from: "user.create", ignore: "imported twice" }])).toEqual([]);
    expect(check([createUserV1], [{ from: "user.create", to: { apply: () => undefined } }])).toEqual([]);
  });
});
