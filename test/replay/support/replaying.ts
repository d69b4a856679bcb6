import { Pool } from "pg";
import { pg } from "../../../src/db/pg.ts";
import { createShop } from "./createShop.ts";
import { shopTables } from "./shopTables.ts";

/** A process that replays the shop's history, says how far it is after each batch, and is killed sooner or later. */
export interface ReplayingSettings {
  readonly source: string;
  /** The database to replay into; null: in place. */
  readonly target: string | null;
  readonly batch: number;
  readonly leaseMs: number;
}

const { source, target, batch, leaseMs } = JSON.parse(process.argv[2]!) as ReplayingSettings;
const pools = [source, target].map((url) => new Pool({ connectionString: url ?? source }));
for (const pool of pools) pool.on("error", () => undefined);
const [from, into] = pools.map((pool) => pg(pool, { listen: false }));
const shop = createShop(from!, leaseMs);
const { resumed, replayed } = await shop.replay({
  ...(target === null ? { clear: shopTables } : { into: into!, compare: true }),
  batch,
  onProgress: ({ position }) => console.log(`at ${position}`),
});
console.log(`done ${JSON.stringify({ resumed, replayed })}`);
await Promise.all(pools.map((pool) => pool.end()));
