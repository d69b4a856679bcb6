import { z } from "zod";
import { type ActionContext, defineAction, type Route } from "../../../src/index.ts";
import { createItem } from "./shopActions.ts";
import { item } from "./shopEvents.ts";
import { insertItem, insertNote } from "./shopRows.ts";
import type { Tx } from "./shopTables.ts";

/** What version 1 of `item.create` did, when there were neither prices nor tokens of its own. */
export const createItemV1 = defineAction("item.create_v1", {
  kind: "create",
  ignore: true,
  input: z.object({ name: z.string(), count: z.int() }),
  subject: ({ name }, ctx) => item(ctx.id(), name),
  run: async ({ name, count }, ctx: ActionContext<Tx>) => {
    await insertItem(ctx, { name, quantity: count, price: "0", tags: {}, token: "none" });
  },
});

/** Where version 2 of `item.create` had its one note, there is now an action of its own. */
export const createBareItem = defineAction("item.create_bare", {
  kind: "create",
  ignore: true,
  input: z.object({ name: z.string(), quantity: z.int(), price: z.string() }),
  subject: ({ name }, ctx) => item(ctx.id(), name),
  run: async (fields, ctx: ActionContext<Tx>) => {
    const token = await ctx.capture("token", () => "none");
    await insertItem(ctx, { ...fields, tags: {}, token });
  },
});

export const noteOnItem = defineAction("item.note", {
  kind: "update",
  ignore: true,
  input: z.object({ itemId: z.uuid(), text: z.string() }),
  subject: ({ itemId }) => item(itemId),
  run: ({ itemId, text }, ctx: ActionContext<Tx>) => insertNote(ctx, itemId, text),
});

/** How a replay does what nobody does any more. */
export const shopRoutes: Route<Tx>[] = [
  { from: createItem, versions: [1], to: createItemV1 },
  {
    // One event, two actions, of which the second has another subject's history to write.
    from: createItem,
    versions: [2],
    to: [
      { action: createBareItem, input: ({ name, quantity, price }) => ({ name, quantity, price }) },
      { action: noteOnItem, input: ({ note }, event) => ({ itemId: event.subject.id, text: note }) },
    ],
  },
  { from: "item.look", ignore: "looking changes nothing" },
  {
    // No action at all: an event of the days before there were any.
    from: "setting.changed",
    to: {
      apply: async ({ account, subject, data }, { tx }) => {
        await tx.query(
          `insert into settings (account, name, value, changes) values ($1, $2, $3::text::jsonb, 1)
           on conflict (account, name) do update set value = excluded.value, changes = settings.changes + 1`,
          [account, subject.id, JSON.stringify((data as { value: unknown }).value)],
        );
      },
    },
  },
];
