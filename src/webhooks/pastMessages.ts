import { textArray, type Queryable } from "../db/database.ts";
import type { NewMessage } from "./message.ts";

// The index is of the event; a handful of messages each, one for each version.
const READ = `
select event_id::text || ' ' || version as form, id::text from tidings.messages
 where account_id = $1 and event_id = any ($2::text[]::uuid[]) and format = $3
 order by id desc`;

/**
 * Messages of past events, all in one format, under the ids that they have where they were sent before: a
 * receiver knows by the id what it has seen, and bytes that were once signed are not written anew.
 */
export async function underKnownIds(
  on: Queryable,
  account: string,
  messages: readonly NewMessage[],
): Promise<NewMessage[]> {
  const [first] = messages;
  if (!first) return [];
  const events = messages.flatMap(({ event }) => (event ? [event.id] : []));
  const rows = await on.query<{ form: string; id: string }>(READ, [account, textArray(events), first.format]);
  // The oldest comes last and stays.
  const known = new Map(rows.map((row) => [row.form, row.id]));
  return messages.map((message) => ({
    ...message,
    id: known.get(`${message.event?.id} ${message.version}`),
  }));
}
