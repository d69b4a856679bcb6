import { textArray, type Queryable } from "../../src/db/database.ts";
import { uuid7At } from "./rawEvents.ts";

export interface PastEvent {
  readonly at: Date | string;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
  readonly audience?: readonly string[] | undefined;
}

/** Writes events with ids of the past, as a log holds them after years. Returns the ids, in the order given. */
export async function insertPastEvents(
  on: Queryable,
  events: readonly PastEvent[],
  { account = "acme", lane = "domain" } = {},
): Promise<string[]> {
  const rows = events.map(({ at, type = "card.moved", actor = "ann", audience = null }) => ({
    id: uuid7At(new Date(at).getTime()),
    at: new Date(at),
    type,
    actor,
    audience: audience && textArray(audience),
  }));
  await on.query(
    `with event as (
       select * from jsonb_to_recordset($3::text::jsonb)
              as given (id uuid, at timestamptz, type text, actor text, audience text)
     ), stored as (
       insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                   actor_type, actor_id, occurred_at, refs, data, metadata, audience)
       select $1, $2, id, type, 1, 'info', 'card', '1', 'user', actor, at, '{}', '{}', '{}', audience::text[] from event
     )
     insert into tidings.timeline (account_id, entity, lane, event_id, type, audience)
     select $1, entity, $2, id, type, audience::text[]
       from event, lateral (values ('card:1'), ('user:' || actor)) entities (entity)`,
    [account, lane, JSON.stringify(rows)],
  );
  return rows.map(({ id }) => id);
}
