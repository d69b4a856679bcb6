import type { Tx } from "../database/database.ts";
import { board, column } from "../entities.ts";
import { columnAdded } from "../events.ts";
import { tidings } from "../tidings.ts";
import type { Change } from "./change.ts";
import { NotFound } from "./notFound.ts";

export interface AddColumn {
  readonly boardId: string;
  readonly name: string;
  /** Default: one made up. */
  readonly id?: string | undefined;
  readonly occurredAt?: Date | undefined;
}

const INSERT_COLUMN = `
  insert into columns (id, board_id, name, position)
  select coalesce($1, gen_random_uuid()::text), $2, $3, count(*)::int from columns where board_id = $2
  returning id`;

export async function addColumn(tx: Tx, { boardId, name, id, occurredAt }: AddColumn): Promise<Change> {
  const boards = await tx.query<{ name: string }>("select name from boards where id = $1 for update", [
    boardId,
  ]);
  const boardName = boards.rows[0]?.name;
  if (boardName === undefined) throw new NotFound("board", boardId);
  const { rows } = await tx.query<{ id: string }>(INSERT_COLUMN, [id ?? null, boardId, name]);
  const recorded = await tidings.record(
    tx,
    columnAdded({
      subject: column(rows[0]!.id, name),
      refs: { board: board(boardId, boardName) },
      occurredAt,
    }),
  );
  return { wrote: ["columns inserted"], recorded };
}
