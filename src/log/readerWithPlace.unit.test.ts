import { expect, test } from "vitest";
import type { PositionedRun } from "./readPositions.ts";
import { createReaderWithPlace } from "./readerWithPlace.ts";

const empty = (after: number): PositionedRun => ({ events: [], more: false, scannedTo: after });

test("who remembers a place is told once that the log went back, and nothing that was read ahead is left", async () => {
  let timesBack = 0;
  let made = 0;
  let during = () => undefined as void;
  const reader = createReaderWithPlace({ timesBack: () => timesBack }, () => {
    made++;
    return async (after) => {
      during();
      return empty(after);
    };
  });
  expect(await reader.read(8)).toEqual(empty(8));
  timesBack++;
  await expect(reader.read(8)).rejects.toMatchObject({ code: "LOG_WENT_BACK" });
  expect(await reader.read(3)).toEqual(empty(3));
  expect(made).toBe(2);

  during = () => void timesBack++;
  await expect(reader.read(8), "during the read").rejects.toMatchObject({ code: "LOG_WENT_BACK" });
  during = () => undefined;
  expect(await reader.read(3)).toEqual(empty(3));
  expect(made).toBe(3);
});
