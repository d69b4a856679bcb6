import { randomBytes } from "node:crypto";
import { z } from "zod";
import { type ActionContext, defineAction, from } from "../../../src/index.ts";
import { item, itemAdded, itemSoldOut, setting } from "./shopEvents.ts";
import { insertItem, insertNote, mustFind, ShopError } from "./shopRows.ts";
import type { Tx } from "./shopTables.ts";

export const createItem = defineAction("item.create", {
  kind: "create",
  version: 3,
  input: z.object({
    name: z.string(),
    quantity: z.int().min(0),
    price: z.string(),
    tags: z.record(z.string(), z.json()).default({}),
    notes: z.array(z.string()).default([]),
  }),
  subject: ({ name }, ctx) => item(ctx.id(), name),
  sensitive: ["captured.token"],
  lock: "none", // nobody else knows its id
  run: async ({ notes, ...fields }, ctx: ActionContext<Tx>) => {
    const token = await ctx.capture("token", () => randomBytes(8).toString("hex"));
    await insertItem(ctx, { ...fields, token });
    await ctx.record(
      itemAdded({ subject: item(ctx.subject.id, fields.name), data: { quantity: fields.quantity } }),
    );
    for (const text of notes) await ctx.perform(addNote, { itemId: ctx.subject.id, text });
    return { id: ctx.subject.id, token };
  },
});

export const renameItem = defineAction("item.rename", {
  kind: "update",
  version: 2,
  input: z.object({ itemId: z.uuid(), name: z.string(), labels: z.array(z.string()) }),
  upcast: {
    1: from(z.object({ itemId: z.string(), title: z.string() }), (old) => ({
      itemId: old.itemId,
      name: old.title,
      labels: ["renamed"],
    })),
  },
  subject: ({ itemId, name }) => item(itemId, name),
  run: async ({ itemId, name, labels }, ctx: ActionContext<Tx>) =>
    mustFind(
      await ctx.tx.query(
        "update items set name = $3, labels = array(select jsonb_array_elements_text($4::text::jsonb)) where account = $1 and id = $2 returning 1",
        [ctx.account, itemId, name, JSON.stringify(labels)],
      ),
    ),
});

/** `amount` may be negative, but nothing can be sold that is not there. */
export const restockItem = defineAction("item.restock", {
  kind: "update",
  input: z.object({ itemId: z.uuid(), amount: z.int() }),
  subject: ({ itemId }) => item(itemId),
  run: async ({ itemId, amount }, ctx: ActionContext<Tx>) => {
    const { rows } = await ctx.tx.query<{ quantity: number }>(
      "update items set quantity = quantity + $3::int, luck = $4::float8 where account = $1 and id = $2 returning quantity",
      [ctx.account, itemId, amount, ctx.random()],
    );
    mustFind({ rows });
    if (rows[0]!.quantity < 0) throw new ShopError("not enough of it");
    return { left: rows[0]!.quantity };
  },
});

/** Goes on when the action inside fails. */
export const sellItem = defineAction("item.sell", {
  kind: "update",
  input: z.object({ itemId: z.uuid(), amount: z.int().min(1) }),
  subject: ({ itemId }) => item(itemId),
  run: async ({ itemId, amount }, ctx: ActionContext<Tx>) => {
    try {
      const { result } = await ctx.perform(restockItem, { itemId, amount: -amount });
      return { left: result.left };
    } catch {
      mustFind(
        await ctx.tx.query(
          "update items set sold_out_at = $3::timestamptz where account = $1 and id = $2 returning 1",
          [ctx.account, itemId, ctx.now().toISOString()],
        ),
      );
      await ctx.perform(addNote, { itemId, text: "sold out" });
      await ctx.record(itemSoldOut({ subject: item(itemId) }));
      return { left: 0 };
    }
  },
});

/** Two items at once: the lock keeps two moves from waiting for each other. */
export const moveStock = defineAction("stock.move", {
  kind: "update",
  input: z.object({ fromId: z.uuid(), toId: z.uuid(), amount: z.int().min(1) }),
  subject: ({ fromId }) => item(fromId),
  lock: "account",
  run: async ({ fromId, toId, amount }, ctx: ActionContext<Tx>) => {
    await ctx.perform(restockItem, { itemId: fromId, amount: -amount });
    await ctx.perform(restockItem, { itemId: toId, amount });
  },
});

export const destroyItem = defineAction("item.destroy", {
  kind: "destroy",
  input: z.object({ itemId: z.uuid() }),
  subject: ({ itemId }) => item(itemId),
  run: async ({ itemId }, ctx: ActionContext<Tx>) => {
    const key = [ctx.account, itemId];
    await ctx.tx.query("delete from item_notes where account = $1 and item_id = $2", key);
    mustFind(await ctx.tx.query("delete from items where account = $1 and id = $2 returning 1", key));
  },
});

export const addNote = defineAction("note.add", {
  kind: "create",
  input: z.object({ itemId: z.uuid(), text: z.string() }),
  subject: ({ itemId }) => item(itemId),
  run: ({ itemId, text }, ctx: ActionContext<Tx>) => insertNote(ctx, itemId, text),
});

export const putSetting = defineAction("setting.put", {
  kind: "upsert",
  input: z.object({ name: z.string(), value: z.json() }),
  subject: ({ name }) => setting(name),
  run: async ({ name, value }, ctx: ActionContext<Tx>) => {
    const { rows } = await ctx.tx.query<{ changes: number }>(
      `insert into settings as held (account, name, value, changes) values ($1, $2, $3::text::jsonb, 1)
       on conflict (account, name) do update set value = excluded.value, changes = held.changes + 1
       returning changes`,
      [ctx.account, name, JSON.stringify(value)],
    );
    ctx.about(setting(name, `changed ${rows[0]!.changes} times`));
  },
});
