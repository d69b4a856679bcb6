import { defineProjection, type Projection } from "../../src/replay/defineProjection.ts";
import { cardAdded, cardMoved } from "./boardEvents.ts";

// Projections of the tests' board: one handler for each type, and one for many events at once. Their sums say at a glance
// whether an event was lost or counted twice.

/** How often each card was moved. */
export function movesOfCards({ version = 1, batch }: { version?: number; batch?: number } = {}): Projection {
  return defineProjection("moves", {
    version,
    batch,
    events: [cardMoved],
    tables: { card_moves: MOVES },
    run: async (events, { query, table }) => {
      const counts = new Map<string, { account: string; card: string; moves: number }>();
      for (const { account, subject } of events) {
        const counted = counts.get(`${account} ${subject.id}`) ?? { account, card: subject.id, moves: 0 };
        counted.moves++;
        counts.set(`${account} ${subject.id}`, counted);
      }
      await query(
        `insert into ${table("card_moves")} as present
         select * from jsonb_to_recordset($1::text::jsonb) as counted (account text, card text, moves int)
         on conflict (account, card) do update set moves = present.moves + excluded.moves`,
        [JSON.stringify([...counts.values()])],
      );
    },
  });
}

export const MOVES = "(account text, card text, moves int not null, primary key (account, card))";

/** The cards of each board, and where they are. */
export const cardsOfBoards = defineProjection("cards", {
  events: [cardAdded, cardMoved],
  tables: {
    board_cards: { columns: "(card text primary key, board text, place int)", indexes: ["(board)"] },
  },
  on: {
    "card.added": async ({ subject, refs }, { query, table }) => {
      await query(`insert into ${table("board_cards")} values ($1, $2, 0)`, [subject.id, refs.board.id]);
    },
    "card.moved": async ({ subject, data }, { query, table }) => {
      await query(`update ${table("board_cards")} set place = $2::int where card = $1`, [
        subject.id,
        data.position,
      ]);
    },
  },
});
