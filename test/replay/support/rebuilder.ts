import { Pool } from "pg";
import { pg } from "../../../src/db/pg.ts";
import { createTidings } from "../../../src/tidings.ts";
import { events } from "../../support/boardEvents.ts";
import { movesOfCards } from "../../support/boardProjections.ts";

/** A process that rebuilds a projection in small steps, says after each one where it is, and waits to be told to go on. */
export interface RebuilderSettings {
  readonly url: string;
  readonly batch: number;
  readonly leaseMs: number;
}

const { url, batch, leaseMs } = JSON.parse(process.argv[2]!) as RebuilderSettings;
const pool = new Pool({ connectionString: url });
pool.on("error", () => undefined);
const tidings = createTidings({
  db: pg(pool),
  events,
  projections: [movesOfCards({ batch })],
  subscriptions: { leaseMs },
});
tidings.signals.on("subscription.handled", ({ position }) => console.log(`handled ${position}`));
console.log("ready");
await tidings.projections.rebuild("moves");
console.log("rebuilt");
await pool.end();
