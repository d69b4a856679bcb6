/** A clock that stands still until a test moves it. */
export interface Clock {
  now(): Date;
  /** Moves the clock on; a negative step moves it back. Returns the new time. */
  advance(step: ClockStep): Date;
}

export interface ClockStep {
  readonly milliseconds?: number | undefined;
  readonly seconds?: number | undefined;
  readonly minutes?: number | undefined;
  readonly hours?: number | undefined;
  readonly days?: number | undefined;
}

/** What a step counts in, in milliseconds. */
const UNITS = {
  milliseconds: 1,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
} as const satisfies { [Unit in keyof ClockStep]-?: number };

/**
 * A clock for `createTestTidings({ clock })`, which takes `occurredAt` from it. The log's order and the filters `since`
 * and `until` go by the time of recording, which is the database's and never a test's.
 */
export function createClock(start: Date | string): Clock {
  let time = new Date(start).getTime();
  if (Number.isNaN(time)) throw new RangeError(`createClock: ${String(start)} is not a time`);
  return {
    now: () => new Date(time),
    advance: (step) => {
      const moved = Object.entries(step).reduce((sum, [unit, count]) => sum + millisecondsIn(unit, count), 0);
      time += moved;
      return new Date(time);
    },
  };
}

function millisecondsIn(unit: string, count: number | undefined): number {
  if (count === undefined) return 0;
  if (!Object.hasOwn(UNITS, unit) || !Number.isFinite(count)) {
    throw new RangeError(
      `advance: ${unit}: ${count} is none of ${Object.keys(UNITS).join(", ")} with a number`,
    );
  }
  return UNITS[unit as keyof ClockStep] * count;
}
