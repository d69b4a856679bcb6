import { defineProjection } from "../../../src/index.ts";
import { cardAdded, cardAssigned, cardClosed, cardMoved, cardReopened, cardUnassigned } from "../events.ts";

/** Where each card is, whose it is and whether it is done: what columns and people are counted by. */
export const statistics = defineProjection("statistics", {
  events: [cardAdded, cardMoved, cardAssigned, cardUnassigned, cardClosed, cardReopened],
  tables: {
    card_states: {
      columns: `(
        account_id text,
        card_id text,
        board_id text not null,
        column_id text not null,
        assignee_id text,
        done boolean not null default false,
        primary key (account_id, card_id)
      )`,
      indexes: ["(account_id, board_id)"],
    },
  },
  on: {
    "card.added": async ({ account, subject, refs }, { query, table }) => {
      await query(
        `insert into ${table("card_states")} (account_id, card_id, board_id, column_id) values ($1, $2, $3, $4)`,
        [account, subject.id, refs.board.id, refs.column.id],
      );
    },
    "card.moved": async ({ account, subject, refs }, { query, table }) => {
      await query(
        `update ${table("card_states")} set column_id = $3 where account_id = $1 and card_id = $2`,
        [account, subject.id, refs.to.id],
      );
    },
    "card.assigned": async ({ account, subject, refs }, { query, table }) => {
      await query(
        `update ${table("card_states")} set assignee_id = $3 where account_id = $1 and card_id = $2`,
        [account, subject.id, refs.assignee.id],
      );
    },
    "card.unassigned": async ({ account, subject }, { query, table }) => {
      await query(
        `update ${table("card_states")} set assignee_id = null where account_id = $1 and card_id = $2`,
        [account, subject.id],
      );
    },
    "card.closed": async ({ account, subject }, { query, table }) => {
      await query(`update ${table("card_states")} set done = true where account_id = $1 and card_id = $2`, [
        account,
        subject.id,
      ]);
    },
    "card.reopened": async ({ account, subject }, { query, table }) => {
      await query(`update ${table("card_states")} set done = false where account_id = $1 and card_id = $2`, [
        account,
        subject.id,
      ]);
    },
  },
});
