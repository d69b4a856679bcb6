import { randomUUID } from "node:crypto";
import { setTimeout as comeLater } from "node:timers/promises";
import fc from "fast-check";
import { isTidingsError } from "../../../src/errors.ts";
import type { Shop } from "./createShop.ts";
import {
  addNote,
  createItem,
  destroyItem,
  moveStock,
  putSetting,
  renameItem,
  restockItem,
  sellItem,
} from "./shopActions.ts";
import { shelf, user } from "./shopEvents.ts";
import { ShopError } from "./shopRows.ts";
import type { Tx } from "./shopTables.ts";

/** What somebody does in the shop. Items are meant by number, so that a shortened history is still one. */
export type Deed =
  | { readonly do: "create"; readonly name: string; readonly quantity: number; readonly notes: string[] }
  | { readonly do: "import"; readonly quantities: number[]; readonly events: "each" | "summary" }
  | { readonly do: "once"; readonly key: number }
  | { readonly do: "rename"; readonly item: number; readonly name: string; readonly labels: string[] }
  | { readonly do: "restock"; readonly item: number; readonly amount: number }
  | { readonly do: "sell"; readonly item: number; readonly amount: number }
  | { readonly do: "move"; readonly item: number; readonly to: number; readonly amount: number }
  | { readonly do: "destroy"; readonly item: number }
  | { readonly do: "note"; readonly item: number; readonly name: string }
  | { readonly do: "put"; readonly name: string; readonly value: null | boolean | number | string | object }
  | { readonly do: "together"; readonly deeds: readonly Deed[]; readonly regret: boolean };

/** Letters that sort, quote and encode differently from place to place. */
const name = fc.oneof(
  fc.constantFrom("Äpfel", "zwieback", `"quoted"`, "back\\slash", "🍞", "{a,b}", "null", ""),
  fc.string({ maxLength: 5 }).map((text) => text.replaceAll("\0", "")),
);
const item = fc.nat(9);
const amount = fc.integer({ min: 1, max: 6 });
const value = fc.jsonValue({ maxDepth: 2 }).filter((json) => !JSON.stringify(json).includes("\\u0000"));

/** One action, or an import. */
export const oneDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("create"),
      name,
      quantity: amount,
      notes: fc.array(name, { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("import"),
      quantities: fc.array(amount, { minLength: 1, maxLength: 4 }),
      events: fc.constantFrom("each", "summary"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("once"), key: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("rename"), item, name, labels: fc.array(name, { maxLength: 2 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("restock"), item, amount: fc.integer({ min: -6, max: 9 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("sell"), item, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("move"), item, to: item, amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("destroy"), item }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("note"), item, name }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("put"), name: fc.constantFrom("currency", "Öffnung"), value }),
  },
) as fc.Arbitrary<Deed>;

export const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 9, arbitrary: oneDeed },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("together"),
      deeds: fc.array(oneDeed, { minLength: 1, maxLength: 4 }),
      regret: fc.boolean(),
    }) as fc.Arbitrary<Deed>,
  },
);

export const accounts = ["acme", "globex"] as const;

/** Does deeds in one account, with the items that came to be there. What the shop refuses is part of life: it leaves neither a change nor an event. */
export function createShopper(
  shop: Shop,
  account: string,
  items: string[] = [],
): (deed: Deed) => Promise<void> {
  const idOf = (number: number) => items[number % Math.max(1, items.length)] ?? randomUUID();
  const context = { account, actor: user("ann", "Ann"), metadata: { source: "test" } };

  /** The items that came to be; they are known once the transaction has committed. */
  async function act(given: Deed, tx: Tx | undefined): Promise<string[]> {
    const on = (tx === undefined ? [] : [tx]) as [];
    switch (given.do) {
      case "create": {
        const { name, quantity, notes } = given;
        const { result } = await shop.perform(...on, createItem, {
          name,
          quantity,
          notes,
          price: `${quantity}.50`,
          tags: { name },
        });
        return [result.id];
      }
      case "import": {
        const inputs = given.quantities.map((quantity) => ({ name: "imported", quantity, price: "1.0" }));
        const options =
          given.events === "summary" ? { events: "summary" as const, subject: shelf("new") } : {};
        const { results } = await shop.performAll(...on, createItem, inputs, options);
        return results.map((result) => result!.id);
      }
      case "once": {
        const input = { name: `once ${given.key}`, quantity: 5, price: "0.10" };
        const done = await shop.perform(...on, createItem, input, { idempotencyKey: `once ${given.key}` });
        return done.repeated ? [] : [done.result.id];
      }
      case "rename":
        await shop.perform(...on, renameItem, {
          itemId: idOf(given.item),
          name: given.name,
          labels: given.labels,
        });
        return [];
      case "restock":
        await shop.perform(...on, restockItem, { itemId: idOf(given.item), amount: given.amount });
        return [];
      case "sell":
        await shop.perform(...on, sellItem, { itemId: idOf(given.item), amount: given.amount });
        return [];
      case "move":
        await shop.perform(...on, moveStock, {
          fromId: idOf(given.item),
          toId: idOf(given.to),
          amount: given.amount,
        });
        return [];
      case "destroy":
        await shop.perform(...on, destroyItem, { itemId: idOf(given.item) });
        return [];
      case "note":
        await shop.perform(...on, addNote, { itemId: idOf(given.item), text: given.name });
        return [];
      case "put":
        await shop.perform(...on, putSetting, { name: given.name, value: given.value as never });
        return [];
      case "together": {
        const made = await shop.db.transaction(async (open) => {
          const all: string[] = [];
          for (const deed of given.deeds) all.push(...(await attempt(deed, open.handle)));
          if (given.regret) throw new ShopError("changed my mind");
          return all;
        });
        return made;
      }
    }
  }

  async function attempt(given: Deed, tx?: Tx): Promise<string[]> {
    try {
      return await act(given, tx);
    } catch (error) {
      if (isTidingsError(error, "REPLAY_UNDER_WAY")) await comeLater(10);
      else if (!(error instanceof ShopError)) throw error;
      return [];
    }
  }

  return (given) =>
    shop.run(context, async () => {
      items.push(...(await attempt(given)));
    });
}
