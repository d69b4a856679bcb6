import { describe, expect, test } from "vitest";
import { z } from "zod";
import { cardMoved, events as boardEvents } from "../../test/support/boardEvents.ts";
import type { Database } from "../db/database.ts";
import { defineEntity } from "../events/entity.ts";
import { expectReplayEqualsState } from "../testing/expectReplayEqualsState.ts";
import { createTidings } from "../tidings.ts";
import type { TidingsOptions } from "../tidingsOptions.ts";
import { compareTables } from "./compareTables.ts";
import { defineAction } from "./defineAction.ts";
import { defineProjection } from "./defineProjection.ts";

const touched = () => expect.unreachable("the database was touched");
const into: Database = {
  driver: "none",
  concurrent: true,
  query: touched,
  // perform opens one to check in: nothing is asked of it.
  transaction: (work) => work({ query: touched, execute: touched, handle: null }),
  adopt: touched,
};

const user = defineEntity("user");
const action = { kind: "create", subject: () => user("1"), run: () => undefined } as const;
const createUser = defineAction("user.create", { ...action, input: z.object({ name: z.string() }) });
const projection = { events: [cardMoved], tables: { cards: "(id text)" }, run: () => undefined };
const cards = defineProjection("cards", projection);

const options = { db: into, events: boardEvents, actions: { createUser }, projections: { cards } };
const tidings = createTidings({ ...options, account: "acme" });
const clear = ["users"];
const a = { name: "Ann" };
const never = (value: unknown) => value as never;
const on = { "card.moved": (moves: number) => moves + 1 };

/** What each call rejects with: a code, and where in what was given. */
type Row = [call: string, code: string, path: (string | number)[], run: () => unknown];

const replay = (given: object, path: (string | number)[], code = "INVALID_OPTION"): Row => [
  `replay(${Object.keys(given).join(", ")}) ${path.join(".")}`,
  code,
  path,
  () => tidings.replay(never({ clear, ...given })),
];

describe("A call with what cannot work is refused before the database is touched", () => {
  test.each<Row>([
    ["replay()", "INVALID_OPTION", [], () => tidings.replay(never(undefined))],
    ["replay(5)", "INVALID_OPTION", [], () => tidings.replay(never(5))],
    replay({ acount: "acme" }, ["acount"]),
    replay({ until: null }, ["until"]),
    replay({ until: 5 }, ["until"]),
    replay({ until: {} }, ["until"]),
    replay({ until: { position: 1, time: new Date() } }, ["until"]),
    replay({ until: { when: 1 } }, ["until", "when"]),
    replay({ until: { position: "1" } }, ["until", "position"]),
    replay({ until: { position: 2 ** 53 } }, ["until", "position"]),
    replay({ until: { eventId: 5 } }, ["until", "eventId"]),
    replay({ until: { time: "yesterday" } }, ["until", "time"]),
    replay({ until: { time: new Date(Number.NaN) } }, ["until", "time"]),
    replay({ routes: "x" }, ["routes"]),
    replay({ routes: 5 }, ["routes"]),
    replay({ routes: [null] }, ["routes", 0]),
    replay({ routes: [{ from: "user.create", versions: "1", to: createUser }] }, ["routes", 0, "versions"]),
    replay({ routes: [{ from: { type: "user.create" }, to: createUser }] }, ["routes", 0]),
    replay({ routes: [{ from: "user.create", to: null }] }, ["routes", 0]),
    replay({ routes: [{ from: "user.create", to: [{ apply: 5 }] }] }, ["routes", 0]),
    replay({ into: "x" }, ["into"]),
    replay({ into: { db: into } }, ["into"]),
    replay({ into: null }, ["into"]),
    replay({ signal: {} }, ["signal"]),
    replay({ clear: 5 }, ["clear"]),
    replay({ clear: [] }, ["clear"]),
    replay({ clear: null }, ["clear"]),
    replay({ clear: [5] }, ["clear", 0]),
    replay({ batch: 0 }, ["batch"]),
    replay({ batch: Number.NaN }, ["batch"]),
    replay({ batch: "5" }, ["batch"]),
    replay({ strict: "no" }, ["strict"]),
    replay({ dryRun: 1 }, ["dryRun"]),
    replay({ restart: "yes" }, ["restart"]),
    replay({ onProgress: 5 }, ["onProgress"]),
    replay({ from: null }, ["from"]),
    replay({ from: {}, snapshot: () => undefined }, ["from", "position"]),
    replay({ from: { position: 1 }, snapshot: 5 }, ["snapshot"]),
    replay({ into, compare: "users" }, ["compare"]),
    replay({ into, compare: [null] }, ["compare", 0]),
    replay({ into, compare: [{ table: "users", key: "id" }] }, ["compare", 0, "key"]),
    replay({ into, compare: [{ table: "users", key: [] }] }, ["compare", 0, "key"]),
    replay({ into, compare: [{ name: "users" }] }, ["compare", 0, "name"]),
    replay({ types: "x" }, ["types"], "INVALID_FILTER"),
    replay({ types: [null] }, ["types"], "INVALID_FILTER"),
    replay({ subject: {} }, ["subjects"], "INVALID_FILTER"),
    replay({ subject: 5 }, ["subjects"], "INVALID_FILTER"),
    replay({ account: 5 }, ["account"], "INVALID_ENTITY"),

    ["fold(5)", "INVALID_FILTER", ["of"], () => tidings.fold(never(5), { initial: 0, on })],
    ["fold without a reducer", "INVALID_OPTION", [], () => tidings.fold("card:1", never(null))],
    ["fold without on", "INVALID_OPTION", ["on"], () => tidings.fold("card:1", never({ initial: 0 }))],
    ["fold without initial", "INVALID_OPTION", ["initial"], () => tidings.fold("card:1", never({ on }))],
    [
      "fold with a step that is none",
      "INVALID_OPTION",
      ["on", "card.moved"],
      () => tidings.fold("card:1", { initial: 0, on: never({ "card.moved": 5 }) }),
    ],
    [
      "fold with a step for a type that no definition has",
      "INVALID_OPTION",
      ["on", "card.mvoed"],
      () => tidings.fold("card:1", { initial: 0, on: { ...on, "card.mvoed": (state) => state } }),
    ],
    [
      "fold with a step for a pattern",
      "INVALID_OPTION",
      ["on", "*"],
      () => tidings.fold("card:1", { initial: 0, on: { "*": (state) => state } }),
    ],
    [
      "fold with an initial state that nobody can copy",
      "INVALID_OPTION",
      ["initial"],
      () => tidings.fold("card:1", never({ initial: () => 0, on })),
    ],
    ...[
      [null, []],
      [{ until: null }, ["until"]],
      [{ until: {} }, ["until"]],
      [{ snapshots: 5 }, ["snapshots"]],
      [{ snapshots: {} }, ["snapshots", "name"]],
      [{ snapshots: { name: 5 } }, ["snapshots", "name"]],
      [{ snapshots: { name: "a\0b" } }, ["snapshots", "name"]],
      [{ snapshots: { name: "x", every: 0 } }, ["snapshots", "every"]],
      [{ snapshots: { name: "x", version: 2 ** 31 } }, ["snapshots", "version"]],
    ].map(([given, path]): Row => {
      const call = () => tidings.fold("card:1", { initial: 0, on }, never(given));
      return [`fold(…, ${JSON.stringify(given)})`, "INVALID_OPTION", path as string[], call];
    }),

    ["perform(undefined)", "UNKNOWN_TYPE", ["action"], () => tidings.perform(never(undefined), {})],
    [
      "perform without input",
      "INVALID_DATA",
      ["input"],
      () => tidings.perform(createUser, never(undefined), { actor: user("1") }),
    ],
    ["perform with options 5", "INVALID_OPTION", ["options"], () => tidings.perform(createUser, a, never(5))],
    [
      "perform with retries",
      "INVALID_OPTION",
      ["retries"],
      () => tidings.perform(createUser, a, { retries: never("x") }),
    ],
    [
      "perform with expectedVersion",
      "INVALID_OPTION",
      ["expectedVersion"],
      () => tidings.perform(createUser, a, { actor: user("1"), expectedVersion: never("1") }),
    ],
    ["performAll of no list", "INVALID_OPTION", ["inputs"], () => tidings.performAll(createUser, never("x"))],
    [
      "performAll with null",
      "INVALID_OPTION",
      ["options"],
      () => tidings.performAll(createUser, [], never(null)),
    ],
    [
      "performAll with other events",
      "INVALID_OPTION",
      ["events"],
      () => tidings.performAll(createUser, [a], never({ events: "all" })),
    ],

    ["rebuild(5)", "PROJECTION_NOT_FOUND", [], () => tidings.projections.rebuild(never(5))],
    ["rebuild with null", "INVALID_OPTION", [], () => tidings.projections.rebuild("cards", never(null))],
    [
      "rebuild with onProgress",
      "INVALID_OPTION",
      ["onProgress"],
      () => tidings.projections.rebuild("cards", { onProgress: never(5) }),
    ],
    [
      "at without read",
      "INVALID_OPTION",
      ["read"],
      () => tidings.projections.at("cards", { position: 1 }, never(5)),
    ],
    [
      "waitFor nothing",
      "INVALID_OPTION",
      ["event"],
      () => tidings.projections.waitFor("cards", never(undefined)),
    ],
    ["waitFor {}", "INVALID_OPTION", ["event"], () => tidings.projections.waitFor("cards", never({}))],
    [
      "waitFor another id",
      "INVALID_OPTION",
      ["event"],
      () => tidings.projections.waitFor("cards", { account: "acme", id: "x" }),
    ],
    [
      "waitFor without an end",
      "INVALID_OPTION",
      ["timeoutMs"],
      () => tidings.projections.waitFor("cards", { position: 1 }, { timeoutMs: Number.NaN }),
    ],

    [
      "compareTables of no list",
      "INVALID_OPTION",
      ["tables"],
      () => compareTables(into, into, never("users")),
    ],
    [
      "compareTables with listRows",
      "INVALID_OPTION",
      ["listRows"],
      () => compareTables(into, into, ["users"], { listRows: -1 }),
    ],
    [
      "expectReplayEqualsState with null",
      "INVALID_OPTION",
      [],
      () => expectReplayEqualsState(tidings, never(null)),
    ],
    ...[{ scratch: 5 }, { tables: [] }, { tables: "users" }, { routes: 5 }].map((given): Row => {
      const call = () => expectReplayEqualsState(tidings, never(given));
      return [
        `expectReplayEqualsState(${JSON.stringify(given)})`,
        "INVALID_OPTION",
        Object.keys(given),
        call,
      ];
    }),
  ])("%s", async (_call, code, path, run) => {
    const error: unknown = await Promise.resolve()
      .then(run)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "TidingsError", code, ...(path.length > 0 && { path }) });
  });
});

describe("createTidings refuses what no call could work with", () => {
  test.each<[string, (string | number)[], Partial<TidingsOptions>]>([
    ["clear", ["replay", "clear"], { replay: { clear: never(5) } }],
    ["a table without a name", ["replay", "clear", 0], { replay: { clear: [never(null)] } }],
    ["routes", ["replay", "routes"], { replay: { routes: never("x") } }],
    ["a route", ["replay", "routes", 0], { replay: { routes: [never(null)] } }],
    ["tables", ["replay", "tables", 0], { replay: { tables: [never(5)] } }],
    ["scratch", ["replay", "scratch"], { replay: { scratch: never("x") } }],
    ["a misspelt option of replays", ["replay", "lease"], { replay: never({ lease: 5 }) }],
    ["the seed of locks", ["actionLocks", "seed"], { actionLocks: { seed: never(42) } }],
    ["the names of locks", ["actionLocks", "key"], { actionLocks: { key: never("x") } }],
  ])("%s", (_what, path, given) => {
    const code = "INVALID_OPTION";
    expect(() => createTidings({ ...options, ...given })).toThrow(expect.objectContaining({ code, path }));
  });

  test.each<[string, Partial<TidingsOptions>, RegExp]>([
    ["a lease that is no number", { replay: { leaseMs: never("5") } }, /replay\.leaseMs/],
    ["a secret key that is none", { secretKey: never(5) }, /secretKey must be a text/],
  ])("%s", (_what, given, message) => {
    expect(() => createTidings({ ...options, ...given })).toThrow(message);
  });
});
