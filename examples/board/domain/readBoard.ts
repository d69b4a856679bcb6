import { db } from "../database/database.ts";
import { NotFound } from "./notFound.ts";

export interface BoardView {
  readonly id: string;
  readonly name: string;
  readonly columns: readonly ColumnView[];
  readonly members: readonly MemberView[];
}

export interface ColumnView {
  readonly id: string;
  readonly name: string;
  readonly cards: readonly CardView[];
}

export interface CardView {
  readonly id: number;
  readonly title: string;
  readonly assigneeId: string | null;
  /** `2026-11-27`: a day, in no time zone. */
  readonly due: string | null;
  readonly closed: boolean;
  readonly comments: number;
}

export interface MemberView {
  readonly id: string;
  readonly name: string;
  readonly hue: number;
}

const READ_BOARD = `
  select boards.id, boards.name,
         (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'hue', hue) order by joined_at, id), '[]')
            from members) as members,
         (select coalesce(json_agg(json_build_object('id', columns.id, 'name', columns.name, 'cards', in_column.cards)
                                   order by columns.position, columns.id), '[]')
            from columns
            cross join lateral (
              select coalesce(json_agg(json_build_object(
                       'id', cards.id, 'title', cards.title, 'assigneeId', cards.assignee_id, 'due', cards.due,
                       'closed', cards.closed_at is not null,
                       'comments', (select count(*) from comments where comments.card_id = cards.id)
                     ) order by cards.position, cards.id), '[]') as cards
                from cards where cards.column_id = columns.id) as in_column
           where columns.board_id = boards.id) as columns
    from boards
   where boards.id = $1`;

/** One statement, so that the page never sees half a move. */
export async function readBoard(id: string): Promise<BoardView> {
  const { rows } = await db.query<BoardView>(READ_BOARD, [id]);
  if (rows[0] === undefined) throw new NotFound("board", id);
  return rows[0];
}
