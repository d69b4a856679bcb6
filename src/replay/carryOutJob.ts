import type { Database } from "../db/database.ts";
import { replayFailure } from "./replayFailure.ts";
import { abandonJob, endJob, noteProgress, type JobKey, type JobProgress } from "./replayJobProgress.ts";
import type { ReplayOptions, RunReplay } from "./replayOptions.ts";

interface CarryOutDependencies<Handle> {
  readonly db: Database;
  readonly replay: RunReplay<Handle>;
  /** Ends it; another process asks by its row, which is looked at every second. */
  readonly ended: AbortController;
}

const NOTE_EVERY_MS = 1_000;

/** Carries out a job whose row is there: writes how far it is, looks whether it is to end, and says what it found. */
export async function carryOutJob<Handle>(
  { db, replay, ended }: CarryOutDependencies<Handle>,
  key: JobKey,
  { signal: stopped, ...options }: ReplayOptions<Handle>,
): Promise<void> {
  // Not AbortSignal.any(): what that makes from a signal that lives as long as the process is never freed.
  const stop = () => ended.abort();
  stopped?.addEventListener("abort", stop);
  let latest: JobProgress = { events: 0, position: 0, lastPosition: 0 };
  let noting = Promise.resolve();
  const note = async () => {
    if (await noteProgress(db, key, latest)) stop();
  };
  const timer = setInterval(() => void (noting = noting.then(note).catch(() => undefined)), NOTE_EVERY_MS);
  const over = async () => {
    clearInterval(timer);
    stopped?.removeEventListener("abort", stop);
    await noting;
  };
  try {
    const onProgress = (progress: JobProgress) => void (latest = progress);
    const report = await replay({ ...options, signal: ended.signal, onProgress });
    await over();
    const { replayed, counts, setAside, position, tables } = report;
    await endJob(db, key, { state: "done", position, tally: { replayed, counts, setAside }, tables });
  } catch (error) {
    await over();
    if (stopped?.aborted) await abandonJob(db, key);
    else if (ended.signal.aborted) await endJob(db, key, { state: "cancelled" });
    else await endJob(db, key, { state: "failed", failure: replayFailure(error) });
  }
}
