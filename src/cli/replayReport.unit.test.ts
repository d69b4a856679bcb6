import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import type { ReplayReport } from "../replay/replayReport.ts";
import { progressLine, reportLines } from "./replayReport.ts";
import { createTerminal } from "./terminal.ts";

const terminal = createTerminal(Readable.from([]), new PassThrough(), new PassThrough(), {});

test("a line of progress has the count, the rate, the position, the share and the time left", () => {
  const progress = {
    id: "1",
    phase: "replaying" as const,
    events: 12_400,
    position: 41_000,
    lastPosition: 100_000,
    perSecond: 3_100,
    millisecondsLeft: 3_726_000,
  };
  expect(progressLine(progress)).toBe(
    "replaying 12,400 events · 3,100/s · at 41,000 of 100,000, 41 % · 1:02:06 left",
  );
  expect(progressLine({ ...progress, events: 1, millisecondsLeft: 6_400 })).toContain(
    "1 event · 3,100/s · at 41,000 of 100,000, 41 % · 0:06 left",
  );
  expect(progressLine({ ...progress, lastPosition: 0, millisecondsLeft: null })).toBe(
    "replaying 12,400 events · 3,100/s",
  );
  expect(progressLine({ ...progress, phase: "waiting" })).toBe("waiting for actions under way …");
});

test("a report names what was ignored, what is unknown and what was set aside, and prints no control characters", () => {
  const report: ReplayReport = {
    id: null,
    dryRun: true,
    resumed: false,
    position: 7,
    replayed: 3,
    counts: [
      { type: "user.create", version: 3, events: 3, by: "action", detail: null },
      { type: "user.poke", version: 1, events: 2, by: "ignored", detail: "nobody missed it" },
      { type: "user.explode", version: 1, events: 1, by: "unknown", detail: "REPLAY_UNKNOWN_TYPE" },
    ],
    setAside: {
      total: 1,
      first: [
        {
          position: 6,
          id: "id",
          account: "acme",
          type: "user.explode",
          version: 1,
          code: "REPLAY_UNKNOWN_TYPE",
          message: "no \u001b[2Jaction",
        },
      ],
    },
    clears: null,
    tables: null,
    milliseconds: 1,
  };
  expect(reportLines(report, terminal)).toEqual([
    "✓         3  user.create v3",
    "–         2  user.poke v1  ignored: nobody missed it",
    "✗         1  user.explode v1  REPLAY_UNKNOWN_TYPE",
    "    position 6: REPLAY_UNKNOWN_TYPE no \ufffd[2Jaction",
    "Would replay 3 events up to position 7, 1 event set aside; nothing says what to empty, so not in place",
  ]);
});
