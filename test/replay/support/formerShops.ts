import { z } from "zod";
import { type ActionContext, defineAction, defineEvent } from "../../../src/index.ts";
import { item, setting } from "./shopEvents.ts";
import { insertItem, insertNote } from "./shopRows.ts";
import type { Tx } from "./shopTables.ts";

// The shop as it was, to record what today's shop must still be able to replay. Nobody else uses this: what was recorded then
// lies in golden/.

export const firstShop = {
  createItem: defineAction("item.create", {
    kind: "create",
    input: z.object({ name: z.string(), count: z.int() }),
    subject: ({ name }, ctx) => item(ctx.id(), name),
    run: async ({ name, count }, ctx: ActionContext<Tx>) => {
      await insertItem(ctx, { name, quantity: count, price: "0", tags: {}, token: "none" });
      return ctx.subject.id;
    },
  }),
  renameItem: defineAction("item.rename", {
    kind: "update",
    input: z.object({ itemId: z.uuid(), title: z.string() }),
    subject: ({ itemId, title }) => item(itemId, title),
    run: async ({ itemId, title }, ctx: ActionContext<Tx>) => {
      await ctx.tx.query(
        "update items set name = $3, labels = '{renamed}' where account = $1 and id = $2::uuid",
        [ctx.account, itemId, title],
      );
    },
  }),
  lookAtItem: defineAction("item.look", {
    kind: "update",
    input: z.object({ itemId: z.uuid() }),
    subject: ({ itemId }) => item(itemId),
    run: () => undefined,
  }),
};

/** Before settings were put by an action, the shop wrote them itself and recorded that it had. */
export const settingChanged = defineEvent("setting.changed", {
  subject: setting,
  data: z.object({ value: z.json() }),
});

export const secondShop = {
  createItem: defineAction("item.create", {
    kind: "create",
    version: 2,
    input: z.object({ name: z.string(), quantity: z.int(), price: z.string(), note: z.string() }),
    subject: ({ name }, ctx) => item(ctx.id(), name),
    sensitive: ["captured.token"],
    run: async ({ note, ...fields }, ctx: ActionContext<Tx>) => {
      const token = await ctx.capture("token", () => `secret of ${fields.name}`);
      await insertItem(ctx, { ...fields, tags: {}, token });
      await insertNote(ctx, ctx.subject.id, note);
    },
  }),
};
