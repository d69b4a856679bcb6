import { db } from "../database/database.ts";

/** The present titles of many cards with one query. Feeds call it once a page. */
export async function cardTitles(ids: readonly string[]): Promise<{ id: string; label: string }[]> {
  const { rows } = await db.query<{ id: string; label: string }>(
    "select id::text as id, title as label from cards where id::text = any($1)",
    [ids],
  );
  return rows;
}
