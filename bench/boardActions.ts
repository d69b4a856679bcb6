import type { PoolClient } from "pg";
import { z } from "zod";
import { defineAction } from "../src/index.ts";
import { card } from "./boardEvents.ts";

/** What an action mostly is: an input that is checked, and one statement by its key. */
export const commentOnCard = defineAction("card.comment", {
  kind: "update",
  input: z.object({ card: z.string(), text: z.string(), estimate: z.number() }),
  subject: (comment) => card(comment.card),
  run: async (comment, { tx, account }) => {
    await (tx as PoolClient).query(COMMENT, [account, comment.card, comment.estimate]);
  },
});

/** What `commentOnCard` writes to. */
export const CREATE_COMMENTED_CARDS = `
create table commented_cards (account text collate "C", card text collate "C", comments integer not null, estimate float8 not null,
                              primary key (account, card))`;

const COMMENT = `
insert into commented_cards as own (account, card, comments, estimate) values ($1, $2, 1, $3)
    on conflict (account, card) do update
   set comments = own.comments + 1, estimate = own.estimate + excluded.estimate`;
