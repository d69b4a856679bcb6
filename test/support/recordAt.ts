import type { Draft } from "../../src/events/defineEvent.ts";
import type { Tidings } from "../../src/tidings.ts";
import { administer } from "./databaseServers.ts";
import { uuid7At } from "./rawEvents.ts";
import type { PostgresTestDatabase } from "./testDatabase.ts";

/** Records drafts as if at these moments (milliseconds since 1970): their ids say so. Before anything gives them positions. */
export async function recordAt(
  tidings: Tidings,
  database: PostgresTestDatabase,
  drafts: readonly { readonly at: number; readonly draft: Draft }[],
): Promise<string[]> {
  const events = (await tidings.record(...drafts.map(({ draft }) => draft))) as readonly { id: string }[];
  const ids = drafts.map(({ at }) => uuid7At(at));
  const changes = JSON.stringify(events.map(({ id }, index) => ({ from: id, to: ids[index] })));
  // The app's own role may only append.
  await administer(database.adminUrl, async (admin) => {
    for (const [table, column] of [
      ["events", "id"],
      ["timeline", "event_id"],
    ]) {
      await admin.query(
        `update tidings.${table} set ${column} = change.to
           from jsonb_to_recordset($1::text::jsonb) as change ("from" uuid, "to" uuid)
          where ${column} = change.from`,
        [changes],
      );
    }
  });
  return ids;
}
