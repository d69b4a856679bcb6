import type { Database, Transaction } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import { isTidingsError, TidingsError } from "../errors.ts";
import { replayEvent, type ReplayEventDependencies, type ReplayPlace } from "./replayEvent.ts";
import type { EventsById } from "./replayInside.ts";
import { openTally, type Tally } from "./replayTally.ts";
import type { ScannedEvent } from "./scanActions.ts";

export interface ReplayBatch {
  readonly events: readonly ScannedEvent[];
  readonly inside: EventsById;
  /** Of what was replayed before. */
  readonly tally: Tally;
  /** Writes the checkpoint, in the same transaction. */
  readonly note: (tx: Transaction, tally: Tally) => Promise<void>;
}

const TRANSIENT = ["40001", "40P01"];
const TRIES = 5;

/** Replays events in one transaction, and returns what became of them. Throws what the first failure was. */
export async function replayBatch(
  target: Database,
  dependencies: ReplayEventDependencies,
  batch: ReplayBatch,
): Promise<Tally> {
  let alone = false;
  for (let attempt = 1; ; attempt++) {
    const tally = openTally(batch.tally);
    try {
      await target.transaction(async (tx) => {
        for (const event of batch.events) {
          const place = { tx, inside: batch.inside, tally };
          if (alone) await replayAlone(dependencies, event, place);
          else await replayEvent(dependencies, event, place);
        }
        await batch.note(tx, tally.current());
      });
      return tally.current();
    } catch (error) {
      const failed = isFailureOfEvent(error);
      const state = sqlStateOf(failed ? error.cause : error);
      if (state !== undefined && TRANSIENT.includes(state) && attempt < TRIES) continue;
      // Nearly all batches succeed as they are. In one that does not, each event gets a savepoint, which costs two statements.
      if (!failed || alone || dependencies.strict) throw error;
      alone = true;
    }
  }
}

/** Undoes what the event wrote where it fails, and sets it aside. */
async function replayAlone(
  dependencies: ReplayEventDependencies,
  event: ScannedEvent,
  place: ReplayPlace,
): Promise<void> {
  const { tx, tally } = place;
  const before = tally.current();
  await tx.execute("savepoint tidings_replay");
  try {
    await replayEvent(dependencies, event, place);
    await tx.execute("release savepoint tidings_replay");
  } catch (error) {
    if (!isFailureOfEvent(error) || TRANSIENT.includes(sqlStateOf(error.cause) ?? "")) throw error;
    await tx.execute("rollback to savepoint tidings_replay; release savepoint tidings_replay");
    tally.restore(before);
    tally.setAside(event, error.code, error.detail ?? error.message);
  }
}

/** An action that tries to have effects is a mistake in the app, which the next event would make too: it stops the replay. */
function isFailureOfEvent(error: unknown): error is TidingsError {
  return isTidingsError(error, "REPLAY_FAILED") || isTidingsError(error, "ERASED");
}
