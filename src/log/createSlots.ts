import type { Database, Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { lastPosition } from "./readPositions.ts";
import type { Subscription } from "./subscription.ts";

/** Makes the rows of a subscription that has none. Throws SLOTS_CHANGED when it exists with another number of slots. */
export async function createSlots(db: Database, { name, slots, from }: Subscription): Promise<void> {
  const stored =
    (await storedSlots(db, name)) ?? (await insertSlots(db, name, slots, await beginning(db, from)));
  if (stored !== slots) {
    throw new TidingsError("SLOTS_CHANGED", { detail: `"${name}" has ${stored} slots, not ${slots}` });
  }
}

async function beginning(db: Database, from: Subscription["from"]): Promise<number> {
  if (from === "start") return 0;
  const last = await lastPosition(db);
  if (from === "now") return last;
  if (from.position > last) {
    throw new TidingsError("INVALID_CURSOR", {
      detail: `The subscription shall begin after ${from.position}, the last position is ${last}`,
    });
  }
  return from.position;
}

const CREATE_SLOT = `
insert into tidings.subscriptions (name, slot, slots, position)
values ($1, $2::int, $3::int, $4::bigint)
on conflict (name, slot) do nothing`;

/** Returns how many slots there are then, which may not be what was asked. */
async function insertSlots(db: Database, name: string, slots: number, position: number): Promise<number> {
  return db.transaction(async (tx) => {
    const create = (slot: number) => tx.query(CREATE_SLOT, [name, slot, slots, String(position)]);
    // The first row decides: of two processes that start at once with different numbers, one waits for it here.
    await create(0);
    const stored = (await storedSlots(tx, name))!;
    for (let slot = 1; stored === slots && slot < slots; slot++) await create(slot);
    return stored;
  });
}

async function storedSlots(on: Queryable, name: string): Promise<number | null> {
  const [row] = await on.query<{ slots: number }>(
    "select slots from tidings.subscriptions where name = $1 and slot = 0",
    [name],
  );
  return row?.slots ?? null;
}
