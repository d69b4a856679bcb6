import { expect, test } from "vitest";
import { createAddressGuard } from "./addressGuard.ts";
import { checkChanges, checkEndpoint, type EndpointRules } from "./checkEndpoint.ts";
import { defaultSettings, schedules, type EndpointInput } from "./endpoint.ts";

const rules: EndpointRules = { checkUrl: createAddressGuard().checkUrl, source: null };
const url = "https://example.com/hook";
const check = (input: object) => checkEndpoint({ url, types: ["*"], ...input } as EndpointInput, rules);
const refused = (input: object, ...path: string[]) =>
  expect(() => check(input), JSON.stringify(input)).toThrow(
    expect.objectContaining({ code: "INVALID_ENDPOINT", path }),
  );

test("a URL and types are asked for, everything else has a default", () => {
  expect(check({ description: undefined })).toEqual({
    settings: { ...defaultSettings, url, types: ["*"] },
    headers: {},
    secret: null,
  });
  refused({ url: undefined }, "url");
  refused({ types: undefined }, "types");
  expect(() => checkEndpoint(null as never, rules)).toThrow("must be an object");
});

test("empty types are refused, and so is what is no type", () => {
  for (const types of [
    [],
    "card.moved",
    [""],
    ["card"].concat("Card.moved"),
    ["card.*.x"],
    ["**"],
    [1],
    Array(101).fill("card.moved"),
  ])
    refused({ types }, "types");
  expect(check({ types: ["card.*", "card.*", "*.created"] }).settings.types).toEqual(["card.*", "*.created"]);
});

test("there is no unsigned mode, and no setting that is not known", () => {
  refused({ scheme: "none" }, "scheme");
  refused({ scheme: null }, "scheme");
  refused({ filters: "a = 1" }, "filters");
  refused(JSON.parse('{"__proto__": 1}') as object, "__proto__");
});

test("each setting has limits", () => {
  const limits: [string, unknown[], unknown[]][] = [
    ["description", ["", "x".repeat(500)], ["x".repeat(501), 1, null, "\0", "\ud800"]],
    ["delivery", ["push", "pull"], ["poll", null]],
    ["format", ["thin", "slack"], ["xml", null]],
    ["payloadVersion", [1, 1_000], [0, 1_001, 1.5, "1"]],
    ["timeoutMs", [1_000, 30_000], [999, 30_001, 1_000.5, "5000", Number.NaN]],
    ["maxInFlight", [1, 128], [0, 129]],
    ["ordered", [true, false], ["yes", 1, null]],
    [
      "schedule",
      [[], [0], "short", Array(20).fill(604_800)],
      [[-1], [0.5], ["0"], [604_801], Array(21).fill(0), "long", null, {}],
    ],
  ];
  for (const [name, good, bad] of limits) {
    for (const value of good) expect(() => check({ [name]: value })).not.toThrow();
    for (const value of bad) refused({ [name]: value }, name);
  }
  expect(check({ schedule: "standard" }).settings.schedule).toBe(schedules.standard);
});

test("a rate limit has a burst of one second unless told otherwise", () => {
  const rate = (rateLimit: unknown) => check({ rateLimit }).settings.rateLimit;
  expect(rate(null)).toBeNull();
  expect(rate({ perSecond: 2.5 })).toEqual({ perSecond: 2.5, burst: 3 });
  expect(rate({ perSecond: 0.001, burst: 10_000, more: 1 })).toEqual({ perSecond: 0.001, burst: 10_000 });
  for (const rateLimit of [
    {},
    { perSecond: 0 },
    { perSecond: -1 },
    { perSecond: "5" },
    { perSecond: 10_001 },
    { perSecond: Infinity },
    5,
  ])
    refused({ rateLimit }, "rateLimit");
  refused({ rateLimit: { perSecond: 1, burst: 0 } }, "rateLimit", "burst");
  refused({ rateLimit: { perSecond: 1, burst: 0.5 } }, "rateLimit", "burst");
});

test("what cannot work together is refused", () => {
  refused({ format: "cloudevents" }, "format");
  refused({ format: "cloudevents-binary" }, "format");
  const withSource = { ...rules, source: "https://app.example" };
  expect(() => checkEndpoint({ url, types: ["*"], format: "cloudevents" }, withSource)).not.toThrow();
  refused({ compat: true, scheme: "standard-ed25519" }, "compat");
  expect(() => checkChanges({ format: "cloudevents" }, check({}).settings, rules)).toThrow("source");
});

test("case 26: a filter that cannot be read is refused with its column, as it was written otherwise", () => {
  expect(() => check({ filter: "data.a ~ /(a+)+$/" })).toThrow(
    expect.objectContaining({ code: "INVALID_EXPRESSION", path: ["filter"] }),
  );
  expect(() => check({ filter: "" })).toThrow("column 1");
  expect(() => check({ filter: 1 })).toThrow("A filter is text");
  expect(check({ filter: "  a   =  1" }).settings.filter).toBe("  a   =  1");
});

test("headers are names and values, of which errors show none", () => {
  expect(check({ headers: { "X-Team": "blue" } }).headers).toEqual({ "X-Team": "blue" });
  for (const headers of [null, "x: y", [["a", "b"]]]) refused({ headers }, "headers");
  refused({ headers: { host: "internal" } }, "headers", "host");
  expect(() => check({ headers: { "x-token": "tok\nen" } })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("tok") }),
  );
});
