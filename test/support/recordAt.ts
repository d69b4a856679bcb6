import type { Draft } from "../../src/events/draft.ts";
import type { Tidings } from "../../src/tidings.ts";
import { administer } from "./databaseServers.ts";
import { uuid7At } from "./rawEvents.ts";
import type { PostgresTestDatabase } from "./testDatabase.ts";

interface DatedDraft {
  readonly at: number;
  readonly draft: Draft;
}

/**
 * Records drafts as if at these moments (milliseconds since 1970): their ids say so, and they happened then unless the draft
 * says when. Before anything gives them positions.
 */
export async function recordAt(
  tidings: Tidings,
  database: PostgresTestDatabase,
  drafts: readonly DatedDraft[],
): Promise<string[]> {
  const events = (await tidings.record(...drafts.map(({ draft }) => draft))) as readonly { id: string }[];
  const ids = drafts.map(({ at }) => uuid7At(at));
  const changes = JSON.stringify(
    events.map(({ id }, index) => ({ from: id, to: ids[index], at: happenedAt(drafts[index]!) })),
  );
  // The app's own role may only append.
  await administer(database.adminUrl, async (admin) => {
    for (const [table, column] of [
      ["events", "id"],
      ["timeline", "event_id"],
    ]) {
      const happened = table === "events" ? ", occurred_at = to_timestamp(change.at / 1000)" : "";
      await admin.query(
        `update tidings.${table} set ${column} = change.to${happened}
           from jsonb_to_recordset($1::text::jsonb) as change ("from" uuid, "to" uuid, at float8)
          where ${column} = change.from`,
        [changes],
      );
    }
  });
  return ids;
}

function happenedAt({ at, draft }: DatedDraft): number {
  return draft.occurredAt?.getTime() ?? at;
}
