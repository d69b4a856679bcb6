import type { ActionContext } from "../../../src/index.ts";
import type { Tx } from "./shopTables.ts";

/** What the shop refuses. */
export class ShopError extends Error {}

export interface NewItem {
  name: string;
  quantity: number;
  price: string;
  tags: object;
  token: string;
}

export async function insertItem(ctx: ActionContext<Tx>, given: NewItem): Promise<void> {
  const { name, quantity, price, tags, token } = given;
  await ctx.tx.query(
    `insert into items (account, id, name, quantity, price, tags, labels, token_hash, luck, created_at)
     values ($1, $2::uuid, $3, $4::int, $5::text::numeric, $6::text::jsonb, '{}', sha256(convert_to($7, 'utf8')), $8::float8,
             $9::timestamptz)`,
    [
      ctx.account,
      ctx.subject.id,
      name,
      quantity,
      price,
      JSON.stringify(tags),
      token,
      ctx.random(),
      ctx.now().toISOString(),
    ],
  );
}

export async function insertNote(ctx: ActionContext<Tx>, itemId: string, text: string): Promise<void> {
  mustFind(
    await ctx.tx.query(
      `insert into item_notes (account, item_id, number, text, at)
       select account, id, (select count(*) + 1 from item_notes n where n.account = i.account and n.item_id = i.id), $3,
              $4::timestamptz
         from items i where account = $1 and id = $2::uuid returning 1`,
      [ctx.account, itemId, text, ctx.now().toISOString()],
    ),
  );
}

export function mustFind({ rows }: { rows: readonly object[] }): void {
  if (rows.length === 0) throw new ShopError("no such item");
}
