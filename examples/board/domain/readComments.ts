import { db } from "../database/database.ts";

export interface CommentView {
  readonly id: number;
  readonly authorId: string;
  readonly body: string;
  /** ISO 8601 with zone. */
  readonly writtenAt: string;
}

const READ_COMMENTS = `
  select id, author_id as "authorId", body,
         to_char(written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "writtenAt"
    from comments where card_id = $1 order by id`;

export async function readComments(cardId: number): Promise<CommentView[]> {
  const { rows } = await db.query<CommentView>(READ_COMMENTS, [cardId]);
  return rows;
}
