import { describe, expect, test } from "vitest";
import { z } from "zod";
import { catalogEntry } from "../events/catalog.ts";
import { checkDefinitions } from "../events/checkDefinitions.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { recordedEvent } from "../events/recordedEvent.ts";
import { createRegistry } from "../events/registry.ts";
import { sentence } from "../events/sentence.ts";
import { from } from "../events/upcast.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { defineAction, type ActionOptions } from "./defineAction.ts";

const user = defineEntity("user");
const userJoined = defineEvent("user.joined", { subject: user });
const base = { kind: "create", subject: () => user("1"), run: () => undefined } as const;
const input = z.object({ name: z.string(), address: z.object({ street: z.string() }) });
const secret = (path: string, schema: unknown = input) =>
  defineAction("user.create", { ...base, input: schema, sensitive: [path] } as never);

describe("A definition that cannot work is refused when it is made", () => {
  const bad: [string, object][] = [
    ["a name without a verb", { type: "user" }],
    ["a kind that is none", { kind: "insert" }],
    ["a lane that is none", { lane: "lane" }],
    ["a version that is no whole number", { version: 1.5 }],
    ["a lock that is none", { lock: "table" }],
    ["a lane that replays do not read", { lane: "client" }],
    ["a secret of an input that there is not", { input: undefined, sensitive: ["password"] }],
    ["no run", { run: undefined }],
    ["no subject", { subject: user("1") }],
    ["an upcaster of the present version", { upcast: { 1: from(z.object({}), (old) => old) } }],
  ];
  test.each(bad)("%s", (_name, options) => {
    const { type = "user.create", ...rest } = options as { type?: string };
    expect(() => defineAction(type, { ...base, ...rest } as never)).toThrow(
      expect.objectContaining({ code: "INVALID_DEFINITION" }),
    );
  });

  test("upcasters may begin late, but must not leave a hole", () => {
    const step = from(z.object({}), (old) => old);
    const define = (upcast: object) => () =>
      defineAction("user.create", { ...base, version: 4, upcast } as never);
    expect(define({})).not.toThrow();
    expect(define({ 2: step, 3: step })).not.toThrow();
    expect(define({ 2: step })).toThrow(expect.objectContaining({ code: "UPCASTER_MISSING" }));
  });

  test("a sensitive path that leads nowhere would leave a secret in the open", () => {
    const refused = expect.objectContaining({ code: "INVALID_DEFINITION" });
    for (const path of ["pasword", "address.town", "address.street.number", "", "a..b"])
      expect(() => secret(path)).toThrow(refused);
    for (const path of ["name", "address", "address.street", "captured.token"]) secret(path);
    const lists = z.object({
      users: z.array(z.object({ pin: z.string() })),
      any: z.record(z.string(), z.any()),
    });
    for (const path of ["users.*.pin", "any.key", "any.*"]) secret(path, lists);
    expect(() => secret("users.*.pim", lists)).toThrow(refused);
    expect(() => secret("users.pin", lists)).toThrow(refused);
  });
});

describe("An action is an event type of its own", () => {
  const create = defineAction("user.create", {
    ...base,
    version: 3,
    input,
    upcast: { 2: from(z.object({ name: z.string() }), ({ name }) => ({ name, address: { street: "?" } })) },
    sentence: (e) => sentence`${e.actor} created ${e.data.input.name}`,
    description: "Somebody is entered.",
    example: { name: "Ann", address: { street: "Main Street" } },
  });
  const registry = createRegistry([{ userJoined }, { create }]);

  test("the registry finds it, by category and filter too", () => {
    expect(registry.find("user.create")).toBe(create);
    expect(registry.expand("user.*")).toEqual(["user.create", "user.joined"]);
  });

  test("the catalog shows what it stores, with a whole example and its sentence", () => {
    expect(catalogEntry(create, registry)).toMatchObject({
      kind: "create",
      lane: "system",
      webhook: [],
      sentence: "Ann created Ann",
      example: { input: { name: "Ann", address: { street: "Main Street" } }, captured: {}, within: null },
      jsonSchema: { properties: { input: { properties: { name: { type: "string" } } }, captured: {} } },
      olderVersions: [{ version: 2, jsonSchema: { properties: { input: { properties: { name: {} } } } } }],
    });
    const bare = defineAction("user.invite", { ...base, input });
    expect(catalogEntry(bare, registry).example).toMatchObject({ input: { name: expect.any(String) } });
  });

  test("references inside of its schema still lead to what they did", () => {
    const tree: z.ZodType = z.lazy(() => z.object({ value: z.string(), children: z.array(tree) }));
    const plant = defineAction("tree.plant", { ...base, input: z.object({ root: tree }) });
    const { jsonSchema } = catalogEntry(plant, registry);
    const refs = JSON.stringify(jsonSchema).match(/"\$ref":"[^"]*"/g) ?? [];
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of refs) {
      const pointer = (JSON.parse(`{${ref}}`) as { $ref: string }).$ref.slice(2).split("/");
      const target = pointer.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], jsonSchema);
      expect(target, ref).toMatchObject({ properties: { value: {} } });
    }
  });

  test("its name is imperative, and no warning says otherwise", () => {
    const update = defineAction("user.update", { ...base, kind: "update", description: "Changes somebody." });
    const problems = checkDefinitions(createRegistry({ userJoined, create, update }));
    expect(problems.filter(({ type }) => type !== "user.joined")).toEqual([]);
  });

  const event = (version: number, data: object) =>
    ({ type: "user.create", version, data, refs: {}, kind: "create" }) as unknown as StoredEvent;
  const record = { captured: {}, recorded: [], performed: [], others: [], within: null, after: false };

  test("older versions are read as the present one where an upcaster leads there, otherwise as they were", () => {
    const upcast = recordedEvent(event(2, { ...record, input: { name: "Ann" } }), registry);
    expect(upcast).toMatchObject({
      version: 3,
      problem: null,
      data: { input: { address: { street: "?" } } },
    });
    const kept = recordedEvent(event(1, { ...record, input: "Ann" }), registry);
    expect(kept).toMatchObject({ version: 1, problem: null, data: { input: "Ann" } });
    expect(recordedEvent(event(4, record), registry)).toMatchObject({ problem: "unknown_version" });
  });
});

describe("What an action once did may keep its name", () => {
  const define = (version: number, ignore: boolean) =>
    defineAction("user.create", { ...base, version, ignore });

  test("the registry knows what is still performed, wherever it stands in the module", () => {
    const [first, second, live] = [define(1, true), define(2, true), define(3, false)];
    for (const module of [
      [first, live, second],
      [live, first, second],
      [second, first, live],
    ])
      expect(createRegistry(module).find("user.create")).toBe(live);
    expect(createRegistry([first, second]).find("user.create")).toBe(second);
    expect(createRegistry([second, first]).find("user.create")).toBe(second);
  });

  test("two that are performed are one too many", () => {
    expect(() => createRegistry([define(1, false), define(2, false)])).toThrow(
      expect.objectContaining({ code: "DUPLICATE_TYPE" }),
    );
  });
});

// Only compiled.
void (() => {
  type Options = ActionOptions<"user.create", string, unknown, typeof input, {}>;
  // @ts-expect-error: no field of the input
  const sensitive: Options["sensitive"] = ["pasword"];
  return sensitive;
});
