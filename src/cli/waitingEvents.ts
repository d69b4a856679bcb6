import { setTimeout as passes } from "node:timers/promises";
import type { Database } from "../db/database.ts";
import { examineSequencer } from "../log/doctor/sequencer.ts";
import type { Terminal } from "./terminal.ts";

/** A worker gives an event its position within a quarter of a second. */
const LATE_MS = 2_000;

/**
 * Says once that events wait for a position, where no worker gives any: `tail` would show nothing, and not why. Looks after
 * `lateMs`, 2,000 by default, and not at all once `signal` aborts.
 */
export async function tellWaitingEvents(
  db: Database,
  terminal: Terminal,
  signal: AbortSignal,
  lateMs = LATE_MS,
): Promise<void> {
  try {
    await passes(lateMs, undefined, { signal });
    const [finding] = await examineSequencer(db);
    const { waiting, oldestMs } = finding!.details as { waiting: number; oldestMs: number };
    if (signal.aborted || waiting === 0 || oldestMs < lateMs) return;
    const events = waiting === 1 ? "1 event waits for its position" : `${waiting} events wait for positions`;
    terminal.note(
      `${events}. Does a worker of your app run? await tidings.start(), or tidings dev. See: tidings doctor`,
    );
  } catch {
    // Interrupted; or the role may not see it, and then the doctor says that.
  }
}
