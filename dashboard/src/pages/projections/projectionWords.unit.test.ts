import { expect, test } from "vitest";
import type { Projection, ProjectionBuild } from "../../dashboardApi/projections.ts";
import { lagWords, percentOf, projectionWords, versionWords } from "./projectionWords.ts";

const live: ProjectionBuild = {
  version: 2,
  position: 1_000,
  behind: 0,
  perSecond: null,
  state: "running",
  lastError: null,
};
const building: ProjectionBuild = { ...live, version: 3, position: 999, behind: 1 };
const projection: Projection = {
  name: "board_stats",
  tables: ["board_stats"],
  definedVersion: 2,
  live,
  building: null,
};

test("a build is told in whole percents, and is not done before nothing is left", () => {
  expect(projectionWords({ ...projection, building }, 1_000)).toEqual({
    tone: "busy",
    word: "Building 99 %",
  });
  expect(percentOf({ ...building, position: 1, behind: 999 }, 1_000)).toBe(0);
  expect(percentOf({ ...building, position: 1_000, behind: 0 }, 1_000)).toBe(100);
  expect(percentOf({ ...building, position: 0, behind: 0 }, 0)).toBe(100);
});

test("what holds one up is said before anything else", () => {
  const wordOf = (part: Partial<Projection>) => projectionWords({ ...projection, ...part }, 1_000).word;
  expect(wordOf({})).toBe("Live");
  expect(wordOf({ live: { ...live, state: "stopped" } })).toBe("Stopped");
  expect(wordOf({ live: { ...live, state: "idle" } })).toBe("Live");
  expect(wordOf({ live: { ...live, state: "idle", behind: 4 } })).toBe("No process runs it");
  expect(wordOf({ live: { ...live, state: "stopped" }, building })).toBe("Building 99 %");
  expect(wordOf({ building: { ...building, state: "stopped" } })).toBe("Build stopped");
});

test("the version is the one that reads see, and what comes after it", () => {
  expect(versionWords(projection)).toBe("2");
  expect(versionWords({ ...projection, definedVersion: null })).toBe("2");
  expect(versionWords({ ...projection, building })).toBe("2, and 3 once it is built");
  expect(versionWords({ ...projection, definedVersion: 1 })).toBe("2, this server has 1");
  expect(versionWords({ ...projection, live: null, building })).toBe("3, once it is built");
});

test("a lag has a rate and a time left only where it really comes on", () => {
  expect(lagWords({ ...live, behind: 0, perSecond: 500 })).toBe("nothing waits");
  expect(lagWords({ ...live, behind: 4_000, perSecond: 500 })).toBe(
    "4,000 behind, 500 a second, about 8 s left",
  );
  expect(lagWords({ ...live, behind: 4_000, perSecond: 0 })).toBe("4,000 behind");
  expect(lagWords({ ...live, behind: 4_000, perSecond: 500, state: "stopped" })).toBe("4,000 behind");
});
