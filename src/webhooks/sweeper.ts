import type { Database } from "../db/database.ts";
import { createLoop, type Loop } from "../log/loop.ts";
import type { Signals } from "../signals.ts";

/** A lease that ended is noticed within this. */
const EVERY_MS = 10_000;
/** Rows of one kind in one transaction: its locks on endpoints are short. */
const AT_ONCE = 1_000;

export interface Swept {
  /** Deliveries whose worker died: given back, or given up. */
  readonly lost: number;
  /** Those of them that were lost every time until their schedule ended. */
  readonly givenUp: readonly {
    readonly account: string;
    readonly endpoint: string;
    readonly delivery: string;
  }[];
  /** Deliveries of endpoints that are disabled, pull or were deleted, taken out of the queue. */
  readonly held: number;
  /** Endpoints whose wake-up was lost, or that held slots for a dead worker. */
  readonly woken: number;
}

/** Puts right what crashes, lost wake-ups and disabled endpoints leave behind. Every process tries; one at a time does it. */
export function createSweeper(db: Database, signals: Signals): Loop {
  return createLoop("webhook sweep", signals, async () => {
    const { lost, givenUp, held, woken } = await sweep(db);
    const promoted = await promoteWaiting(db);
    if (lost + woken > 0) signals.emit("webhook.swept", { released: lost, woken });
    for (const delivery of givenUp) signals.emit("webhook.failed", { ...delivery, ...LOST_FOR_GOOD });
    return [lost, held, promoted].includes(AT_ONCE) ? 0 : EVERY_MS;
  });
}

const LOST_FOR_GOOD = { failure: "worker_lost", status: null, willRetryInMs: null } as const;

const SWEEP = "select tidings.sweep_deliveries($1::int) as swept";

export async function sweep(db: Database): Promise<Swept> {
  const [row] = await db.query<{ swept: string }>(SWEEP, [AT_ONCE]);
  return JSON.parse(row!.swept) as Swept;
}

const PROMOTE = "select tidings.promote_waiting($1::int) as promoted";

/** Subjects of ordered endpoints whose first in line was taken away. */
async function promoteWaiting(db: Database): Promise<number> {
  const [row] = await db.query<{ promoted: number }>(PROMOTE, [AT_ONCE]);
  return row!.promoted;
}
