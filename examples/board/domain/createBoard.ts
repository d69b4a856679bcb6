import type { Tx } from "../database/database.ts";
import { board } from "../entities.ts";
import { boardCreated } from "../events.ts";
import { tidings } from "../tidings.ts";
import type { Change } from "./change.ts";

export interface CreateBoard {
  readonly id: string;
  readonly name: string;
  readonly owner: { readonly id: string; readonly name: string; readonly hue: number };
  readonly columns: readonly { readonly id: string; readonly name: string }[];
  readonly occurredAt?: Date | undefined;
}

const INSERT_COLUMN = "insert into columns (id, board_id, name, position) values ($1, $2, $3, $4)";
const INSERT_OWNER = `
  insert into members (id, name, hue, joined_at) values ($1, $2, $3, coalesce($4, now())) on conflict (id) do nothing`;

/** A board begins with its owner and its columns: they are part of creating it, so it is one event. */
export async function createBoard(
  tx: Tx,
  { id, name, owner, columns, occurredAt }: CreateBoard,
): Promise<Change> {
  await tx.query("insert into boards (id, name) values ($1, $2)", [id, name]);
  await tx.query(INSERT_OWNER, [owner.id, owner.name, owner.hue, occurredAt ?? null]);
  for (const [position, column] of columns.entries()) {
    await tx.query(INSERT_COLUMN, [column.id, id, column.name, position]);
  }
  const recorded = await tidings.record(tx, boardCreated({ subject: board(id, name), occurredAt }));
  return { wrote: ["boards, members and columns inserted"], recorded };
}
