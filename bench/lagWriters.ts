import { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings } from "../src/index.ts";
import * as events from "./boardEvents.ts";
import { moved } from "./boardEvents.ts";
import { answer } from "./childProcess.ts";

// Writers of the bench `sequencer`: a steady pace, in a process of its own, which wakes nobody by a direct call.

export interface RecordedMoments {
  /** Each event's id, and when COMMIT had been answered (milliseconds since 1970, with their fraction). */
  readonly committed: readonly (readonly [id: string, at: number])[];
}

const WRITERS = 8;
let pool: Pool | undefined;

interface Load {
  readonly url: string;
  readonly account: string;
  readonly forMs: number;
  readonly perSecond: number;
}

async function record({ url, account, forMs, perSecond }: Load): Promise<RecordedMoments> {
  pool = new Pool({ connectionString: url, max: WRITERS });
  const tidings = createTidings({ db: pg(pool), events });
  const committed: [string, number][] = [];
  const until = performance.now() + forMs;
  const betweenMs = (1_000 * WRITERS) / perSecond;
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      let next = performance.now() + (betweenMs * writer) / WRITERS;
      for (let number = writer; performance.now() < until; number += WRITERS) {
        if (next > performance.now())
          await new Promise((resolve) => setTimeout(resolve, next - performance.now()));
        next += betweenMs;
        const client = await pool!.connect();
        await client.query("begin");
        const [event] = await tidings.record(client, moved(number, account));
        await client.query("commit");
        committed.push([event.id, performance.timeOrigin + performance.now()]);
        client.release();
      }
    }),
  );
  return { committed };
}

answer({ record }, async () => {
  await pool?.end();
});
