import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineEntity } from "../events/entity.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { createRegistry } from "../events/registry.ts";
import { from } from "../events/upcast.ts";
import { defineAction } from "./defineAction.ts";
import { checkRoutes, routeOf, type Route } from "./routes.ts";
import { createTreatments } from "./treatment.ts";

const user = defineEntity("user");
const userRegistered = defineEvent("user.registered", { subject: user, aliases: ["user_registered"] });
const createUser = defineAction("user.create", {
  kind: "create",
  version: 3,
  input: z.object({ name: z.string() }),
  subject: (_, { id }) => user(id()),
  upcast: { 2: from(z.object({ first: z.string() }), ({ first }) => ({ name: first })) },
  run: () => undefined,
});
const createUserV1 = defineAction("user.create_v1", {
  kind: "create",
  subject: (_, { id }) => user(id()),
  ignore: true,
  run: () => undefined,
});
const registry = createRegistry([userRegistered, createUser]);

const treatmentOf = (routes: readonly Route[], type: string, version: number) => {
  const { targets: _, ...treatment } = {
    targets: null,
    ...createTreatments(checkRoutes(routes, registry), registry)({ type, version }),
  };
  return treatment;
};

describe("what becomes of an event", () => {
  test("an action's present version, and an older one with an upcaster, go to the action itself", () => {
    for (const version of [2, 3]) {
      expect(treatmentOf([], "user.create", version)).toEqual({ by: "action", detail: null });
    }
  });

  test("a version without an upcaster, a newer version and a type without an action are unknown, never passed over", () => {
    const unknown = { by: "unknown", code: "REPLAY_UNKNOWN_VERSION" };
    expect(treatmentOf([], "user.create", 1)).toMatchObject(unknown);
    expect(treatmentOf([], "user.create", 4)).toMatchObject(unknown);
    expect(treatmentOf([], "user.explode", 1)).toMatchObject({ by: "unknown", code: "REPLAY_UNKNOWN_TYPE" });
  });

  test("the first route that fits counts, before the action itself", () => {
    const routes: Route[] = [
      { from: createUser, versions: [1], to: createUserV1 },
      { from: "user.create", ignore: "left out in the new house" },
      { from: "user.create", to: createUserV1 },
    ];
    expect(treatmentOf(routes, "user.create", 1)).toEqual({ by: "route", detail: "user.create_v1" });
    expect(treatmentOf(routes, "user.create", 3)).toEqual({
      by: "ignored",
      detail: "left out in the new house",
    });
  });

  test("a route of one version leaves the others to the action", () => {
    const routes: Route[] = [{ from: createUser, versions: [1], to: createUserV1 }];
    expect(treatmentOf(routes, "user.create", 3)).toEqual({ by: "action", detail: null });
  });

  test("a route may lead to several actions, to a function, and from an event that is no action, by any of its names", () => {
    const routes = checkRoutes(
      [
        { from: userRegistered, to: [createUserV1, { action: createUser, input: () => ({ name: "Ann" }) }] },
        { from: "user_left", to: { apply: () => undefined } },
      ],
      registry,
    );
    expect(routeOf(routes, { type: "user_registered", version: 1 })?.detail).toBe(
      "user.create_v1, user.create",
    );
    expect(routeOf(routes, { type: "user_left", version: 7 })?.detail).toBe("apply");
    expect(routeOf(routes, { type: "user.created", version: 1 })).toBeUndefined();
  });
});

test("a route that cannot work is refused before anything is touched", () => {
  const wrong: [object, string][] = [
    [{ from: "", to: createUser }, "needs from"],
    [{ from: "user.create" }, "needs either to, or ignore"],
    [{ from: "user.create", to: createUser, ignore: "both" }, "needs either to, or ignore"],
    [{ from: "user.create", ignore: " " }, "must say why"],
    [{ from: "user.create", to: [] }, "to is empty"],
    [{ from: "user.create", to: userRegistered }, "must hold actions"],
    [{ from: "user.create", to: { action: createUser } }, "must hold actions"],
    [
      { from: "user.create", versions: [0], to: createUser },
      "routes.0.versions [ 0 ] must be a list of whole numbers from 1",
    ],
    [{ from: "user.create", versions: [], to: createUser }, "whole numbers from 1"],
    [{ from: "user.create", versions: "1" as never, to: createUser }, "whole numbers from 1"],
    [{ from: "user.create", version: [1], to: createUser }, "routes.0.version is no option"],
    [{ from: { type: "user.create" }, to: createUser }, "needs from"],
    [null as never, "routes.0 null must be an object"],
  ];
  for (const [route, message] of wrong) {
    expect(() => checkRoutes([route as Route], registry), JSON.stringify(route)).toThrow(message);
  }
});
