import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Parameter, Queryable } from "../db/database.ts";
import { eventRow } from "../../test/support/eventRow.ts";
import { createAppend, createAppendExpression } from "./append.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a transaction that records asks for a NOTIFY", () => {
  test("at most once in 100 ms: a sequencer that was woken stays awake by itself", async () => {
    const asked = appends({ notify: true });
    expect(await asked(1)).toBe(true);
    vi.advanceTimersByTime(99);
    expect(await asked(1)).toBe(false);
    expect(await asked(2)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await asked(2)).toBe(true);
  });

  test("never where notifications are off", async () => {
    const asked = appends({ notify: false });
    expect(await asked(1)).toBe(false);
    expect(await asked(2)).toBe(false);
  });
});

/** Appends so many rows and says what was asked of the database. */
function appends({ notify }: { readonly notify: boolean }) {
  const append = createAppend(createAppendExpression({ notify, keepKeysSeconds: 60 }));
  return async (count: number) => {
    let notified: Parameter | undefined;
    const tx: Queryable = {
      query: async <Row extends object>(_sql: string, parameters: readonly Parameter[] = []) => {
        notified = parameters.at(-1);
        const id = "01920000-0000-7000-8000-000000000000";
        const recorded = count === 1 ? id : JSON.stringify(Array.from({ length: count }, () => id));
        return [{ recorded } as Row];
      },
    };
    const rows = Array.from({ length: count }, () => eventRow);
    expect(await append(tx, rows)).toHaveLength(count);
    return notified;
  };
}
