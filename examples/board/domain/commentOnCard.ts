import type { Tx } from "../database/database.ts";
import { board, card, comment } from "../entities.ts";
import { commentAdded } from "../events.ts";
import { tidings } from "../tidings.ts";
import type { Change } from "./change.ts";
import { lockCard } from "./lockCard.ts";

export interface CommentOnCard {
  readonly cardId: number;
  readonly authorId: string;
  readonly body: string;
  readonly occurredAt?: Date | undefined;
}

const INSERT_COMMENT = `
  insert into comments (card_id, author_id, body, written_at) values ($1, $2, $3, coalesce($4, now())) returning id`;

export async function commentOnCard(
  tx: Tx,
  { cardId, authorId, body, occurredAt }: CommentOnCard,
): Promise<Change> {
  const discussed = await lockCard(tx, cardId);
  const { rows } = await tx.query<{ id: number }>(INSERT_COMMENT, [
    cardId,
    authorId,
    body,
    occurredAt ?? null,
  ]);
  const recorded = await tidings.record(
    tx,
    commentAdded({
      subject: comment(rows[0]!.id),
      refs: { card: card(cardId, discussed.title), board: board(discussed.boardId, discussed.boardName) },
      data: { excerpt: excerptOf(body) },
      occurredAt,
    }),
  );
  return { wrote: ["comments inserted"], recorded };
}

/** Long comments stay in the app's table: the log keeps what a sentence in the feed can show. */
function excerptOf(body: string): string {
  const line = body.replaceAll(/\s+/g, " ");
  return line.length <= 120 ? line : `${[...line].slice(0, 100).join("").trimEnd()}…`;
}
