import { defineProjection, type RecordedEvent } from "../../../src/index.ts";
import { cardAdded, cardClosed, cardReopened } from "../events.ts";

/** By how much each day raised the number of cards and of those that are done. */
export const burnUp = defineProjection("burn_up", {
  events: [cardAdded, cardClosed, cardReopened],
  tables: {
    burn_up_days: `(
      account_id text,
      board_id text,
      day date,
      added integer not null,
      done integer not null,
      primary key (account_id, board_id, day)
    )`,
  },
  // All at once, with one statement for two thousand events.
  run: async (events, { query, table }) => {
    const raised = new Map<string, Raise>();
    for (const event of events) {
      const key = `${event.account} ${event.refs.board.id} ${dayOf(event)}`;
      const { added, done } = raised.get(key) ?? { added: 0, done: 0 };
      raised.set(key, {
        account: event.account,
        board: event.refs.board.id,
        day: dayOf(event),
        added: added + (event.type === "card.added" ? 1 : 0),
        done: done + DONE[event.type],
      });
    }
    await query(
      `insert into ${table("burn_up_days")} as kept (account_id, board_id, day, added, done)
       select account, board, day, added, done
         from jsonb_to_recordset($1::text::jsonb) as raised (account text, board text, day date, added int, done int)
       on conflict (account_id, board_id, day)
         do update set added = kept.added + excluded.added, done = kept.done + excluded.done`,
      [JSON.stringify([...raised.values()])],
    );
  },
});

interface Raise {
  readonly account: string;
  readonly board: string;
  readonly day: string;
  readonly added: number;
  readonly done: number;
}

const DONE = { "card.added": 0, "card.closed": 1, "card.reopened": -1 };

/** In UTC, so that a rebuild on another machine gives the same days. */
function dayOf({ occurredAt }: Pick<RecordedEvent, "occurredAt">): string {
  return occurredAt.toISOString().slice(0, 10);
}
