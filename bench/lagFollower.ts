import { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings, type Tidings } from "../src/index.ts";
import * as events from "./boardEvents.ts";
import { answer } from "./childProcess.ts";

// The reader of the bench `sequencer`: a process that only listens, as one that serves live streams.

export interface FollowedEvents {
  /** Each event's id, and when the reader had it (milliseconds since 1970, with their fraction). */
  readonly seen: readonly (readonly [id: string, at: number])[];
}

const LOST_AFTER_MS = 10_000;

let pool: Pool;
let tidings: Tidings;
let following: Promise<void>;
const seen: [string, number][] = [];

async function start({ url, account }: { url: string; account: string }): Promise<void> {
  pool = new Pool({ connectionString: url });
  tidings = createTidings({ db: pg(pool), events });
  await tidings.start({ worker: false });
  const { position } = await tidings.feed({ account, limit: 1 });
  following = follow(account, position);
}

async function follow(account: string, after: number): Promise<void> {
  for await (const event of tidings.live({ account, after })) {
    seen.push([event.id, performance.timeOrigin + performance.now()]);
  }
}

/** Waits until that many events are here: the last of them are still under way when the writers are done. */
async function seenEvents(count: number): Promise<FollowedEvents> {
  const until = performance.now() + LOST_AFTER_MS;
  while (seen.length < count) {
    if (performance.now() > until) throw new Error(`only ${seen.length} of ${count} events arrived`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { seen };
}

answer({ start, seenEvents }, async () => {
  await tidings.stop();
  await following;
  await pool.end();
});
