import { expect, test } from "vitest";
import { events } from "../../test/support/boardEvents.ts";
import { downDatabase } from "../../test/support/watchStatements.ts";
import { createTidings } from "../tidings.ts";

const tidingsWith = (http: object) => createTidings({ db: downDatabase().db, events, http });

test.each<object>([
  {},
  { authorize: () => null, basePath: "/tidings/", publicUrl: undefined, origins: [] },
  { maxBodyBytes: Infinity, maxStreams: 0, maxStreamsPerReader: Infinity, maxLagMs: Infinity },
])("the options %o pass", (http) => {
  expect(() => tidingsWith(http)).not.toThrow();
});

test.each<[given: object, path: (string | number)[], what: string]>([
  [{ autorize: () => null }, ["autorize"], "is no option"],
  [{ authorize: true }, ["authorize"], "must be a function"],
  [{ basePath: 5 }, ["basePath"], "must be a text"],
  [{ basePath: "tidings" }, ["basePath"], "must be a path"],
  [{ publicUrl: new URL("https://app.example.com") }, ["publicUrl"], "must be a text"],
  [{ publicUrl: "app.example.com" }, ["publicUrl"], "must be an http(s) address"],
  [{ origins: "https://app.example.com" }, ["origins"], "must be a list of texts"],
  [{ origins: ["https://a.example", "*"] }, ["origins", 1], "must be an origin such as"],
  [{ maxBodyBytes: "1mb" }, ["maxBodyBytes"], "must be a whole number from 1, or Infinity"],
  [{ maxBodyBytes: 0 }, ["maxBodyBytes"], "must be a whole number from 1, or Infinity"],
  [{ heartbeatMs: 30_001 }, ["heartbeatMs"], "at most 30,000"],
  [{ slowConsumerMs: 0 }, ["slowConsumerMs"], "must be a number of milliseconds above 0"],
  [{ maxStreams: -1 }, ["maxStreams"], "must be a whole number from 0, or Infinity"],
  [{ maxStreamsPerReader: 0 }, ["maxStreamsPerReader"], "must be a whole number from 1, or Infinity"],
  [{ maxStreamMs: Infinity }, ["maxStreamMs"], "at most 2,147,483,647"],
  [{ maxLagMs: 0 }, ["maxLagMs"], "must be a number above 0"],
])("%o is refused with the name of the option", (given, path, what) => {
  expect(() => tidingsWith(given)).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      detail: expect.stringContaining(what) as string,
      path: ["http", ...path],
    }),
  );
});
