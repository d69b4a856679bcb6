import { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings, type Tidings } from "../src/index.ts";
import * as events from "./boardEvents.ts";
import { answer } from "./childProcess.ts";

// The process that runs Tidings' loops, the sequencer among them, as a worker beside an app does.

let pool: Pool | undefined;
let tidings: Tidings | undefined;

answer(
  {
    start: async (url: string) => {
      pool = new Pool({ connectionString: url });
      tidings = createTidings({ db: pg(pool), events });
      tidings.signals.on("loop.failed", ({ loop, error }) => console.error(loop, error));
      await tidings.start();
    },
    stop,
  },
  stop,
);

async function stop(): Promise<void> {
  await tidings?.stop();
  await pool?.end();
  tidings = pool = undefined;
}
