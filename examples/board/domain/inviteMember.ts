import type { Tx } from "../database/database.ts";
import { board, user } from "../entities.ts";
import { memberInvited } from "../events.ts";
import { tidings } from "../tidings.ts";
import { type Change, unchanged } from "./change.ts";
import { NotFound } from "./notFound.ts";

export interface InviteMember {
  readonly boardId: string;
  readonly name: string;
  readonly occurredAt?: Date | undefined;
}

/** Hues far enough apart that neighbours in the list of members are told from each other. */
const HUES = [255, 150, 325, 60, 195, 20, 290, 110];

const INSERT_MEMBER = `
  insert into members (id, name, hue, joined_at)
  select $1, $2, ($3::int[])[1 + count(*) % array_length($3::int[], 1)], coalesce($4, now()) from members
  on conflict (id) do nothing
  returning id`;

/** Inviting somebody who is already there changes nothing. */
export async function inviteMember(tx: Tx, { boardId, name, occurredAt }: InviteMember): Promise<Change> {
  const boards = await tx.query<{ name: string }>("select name from boards where id = $1", [boardId]);
  const boardName = boards.rows[0]?.name;
  if (boardName === undefined) throw new NotFound("board", boardId);
  const { rows } = await tx.query<{ id: string }>(INSERT_MEMBER, [
    idFrom(name),
    name,
    HUES,
    occurredAt ?? null,
  ]);
  if (rows[0] === undefined) return unchanged;
  const recorded = await tidings.record(
    tx,
    memberInvited({
      subject: user(rows[0].id, name),
      refs: { board: board(boardId, boardName) },
      occurredAt,
    }),
  );
  return { wrote: ["members inserted"], recorded };
}

function idFrom(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
}
