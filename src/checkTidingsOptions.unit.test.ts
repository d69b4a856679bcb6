import { expect, test } from "vitest";
import { events } from "../test/support/boardEvents.ts";
import { downDatabase } from "../test/support/watchStatements.ts";
import { createTidings } from "./tidings.ts";

const create = (given: object) => () => createTidings({ db: downDatabase().db, events, ...given } as never);
const refused = (words: RegExp, path: (string | number)[]) =>
  expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(words) as string, path });

test.each<[given: object, path: (string | number)[], words: RegExp]>([
  [{ acount: "acme" }, ["acount"], /^acount is no option/],
  [{ account: 5 }, ["account"], /^account 5 must be a text/],
  [{ account: "" }, ["account"], /^account '' must be a text/],
  [{ notify: "no" }, ["notify"], /^notify 'no' must be true or false/],
  [{ track: { flushms: 5 } }, ["track", "flushms"], /^track\.flushms is no option/],
  [{ sequencer: { tick: 5 } }, ["sequencer", "tick"], /^sequencer\.tick is no option/],
  [{ sequencer: 5 }, ["sequencer"], /^sequencer 5 must be an object/],
  [{ subscriptions: { lease: 5 } }, ["subscriptions", "lease"], /^subscriptions\.lease is no option/],
  [{ http: { authorise: () => null } }, ["http", "authorise"], /^http\.authorise is no option/],
  [{ http: { authorize: "ann" } }, ["http", "authorize"], /^http\.authorize 'ann' must be a function/],
  [{ http: { basePath: 5 } }, ["http", "basePath"], /^http\.basePath 5 must be a text/],
  [{ http: { publicUrl: {} } }, ["http", "publicUrl"], /^http\.publicUrl {} must be a text/],
  [{ http: { publicUrl: "x" } }, ["http", "publicUrl"], /^http\.publicUrl "x" must be an http/],
  [{ http: { origins: "https://a" } }, ["http", "origins"], /^http\.origins 'https:\/\/a' must be a list/],
  [{ http: { origins: ["*"] } }, ["http", "origins", 0], /^http\.origins\.0 '\*' must be an origin/],
  [{ http: { maxBodyBytes: 0.5 } }, ["http", "maxBodyBytes"], /^http\.maxBodyBytes 0\.5 must be a whole/],
  [{ http: { maxStreams: -1 } }, ["http", "maxStreams"], /^http\.maxStreams -1 must be .* from 0, or Inf/],
  [{ webhooks: { httpOnly: true } }, ["webhooks", "httpOnly"], /^webhooks\.httpOnly is no option/],
  [{ db: undefined }, ["db"], /^db must be what an adapter gives/],
  [{ db: { query: () => undefined } }, ["db"], /^db must be what an adapter gives/],
])("createTidings(%o) is refused with the name of the option", (given, path, words) => {
  expect(create(given)).toThrow(refused(words, path));
});

// A timer that is told to wait longer ends at once, so that an hour too many would be a loop without a pause.
test.each([
  ["sequencer", "tickMs"],
  ["sequencer", "idleTickMs"],
  ["sequencer", "sweepMs"],
  ["track", "flushMs"],
  ["subscriptions", "leaseMs"],
  ["replay", "leaseMs"],
  ["http", "slowConsumerMs"],
  ["http", "maxStreamMs"],
])("%s.%s beyond what a timer can wait for is refused, the longest that it can is taken", (group, name) => {
  for (const ms of [2 ** 31, Infinity]) {
    const words = new RegExp(`^${group}\\.${name} ${ms} must be .* at most 2,147,483,647`);
    expect(create({ [group]: { [name]: ms } })).toThrow(refused(words, [group, name]));
  }
  expect(create({ [group]: { [name]: 2 ** 31 - 1 } })).not.toThrow();
});

test("a heartbeat that clients would not wait for is refused", () => {
  const words = /^http\.heartbeatMs 30001 must be .* at most 30,000/;
  expect(create({ http: { heartbeatMs: 30_001 } })).toThrow(refused(words, ["http", "heartbeatMs"]));
  expect(create({ http: { heartbeatMs: 30_000 } })).not.toThrow();
});

test("a connection string in the place of a database is not repeated in the message", () => {
  expect(create({ db: "postgres://app:secret@db/app" })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("secret") as string }),
  );
});

test("limits may be Infinity", () => {
  const http = {
    maxStreams: Infinity,
    maxStreamsPerReader: Infinity,
    maxBodyBytes: Infinity,
    maxLagMs: Infinity,
  };
  expect(create({ http })).not.toThrow();
});

test("options that are undefined count as left out", () => {
  expect(
    create({ account: undefined, track: undefined, http: undefined, sequencer: { tickMs: undefined } }),
  ).not.toThrow();
});
