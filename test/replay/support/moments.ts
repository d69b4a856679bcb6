import type { Shop } from "./createShop.ts";
import { tableContents } from "./tableContents.ts";

/** What the tables held at a moment, and one way of saying which moment that was. */
export interface Moment {
  readonly until: { readonly position: number } | { readonly eventId: string } | { readonly time: Date };
  readonly contents: Record<string, string[]>;
}

export type NamedBy = "position" | "eventId" | "time";

/** Null where nothing has been recorded yet that a moment could be named by. */
export async function momentOf(shop: Shop, by: NamedBy): Promise<Moment | null> {
  const contents = await tableContents(shop.db);
  const until = await UNTIL[by](shop);
  return until && { until, contents };
}

const UNTIL: Record<NamedBy, (shop: Shop) => Promise<Moment["until"] | null>> = {
  position: async ({ db }) => {
    const [ticked] = await db.transaction((tx) =>
      tx.query<{ position: string }>("select last_position as position from tidings.tick()"),
    );
    return { position: Number(ticked!.position) };
  },
  eventId: async ({ db }) => {
    const [last] = await db.query<{ id: string }>(
      "select id::text from tidings.events where kind is not null order by seq desc limit 1",
    );
    return last ? { eventId: last.id } : null;
  },
  time: async ({ db }) => {
    // Ids have milliseconds: what comes next must not be of the same one.
    const [row] = await db.query<{ ms: number }>(
      "select extract(epoch from clock_timestamp())::float8 * 1000 as ms, pg_sleep(0.003)::text",
    );
    return { time: new Date(Math.ceil(row!.ms)) };
  },
};
