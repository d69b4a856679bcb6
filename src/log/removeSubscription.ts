import type { Database, Queryable, Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { discardParked } from "./parkedEvents.ts";

/** Deletes a subscription that was given up. Returns how many parked events went with it. Throws SUBSCRIPTION_IN_USE, SUBSCRIPTION_NOT_FOUND. */
export async function removeSubscription(db: Database, name: string): Promise<number> {
  return db.transaction(async (tx) => {
    await lockFreeSlots(tx, name);
    const need = await neededFor(tx, name);
    if (need !== null) throw new TidingsError("SUBSCRIPTION_IN_USE", { detail: `"${name}" ${need}` });
    await tx.query("delete from tidings.subscriptions where name = $1", [name]);
    return discardParked(tx, name, null);
  });
}

// Locked in the order of slots: of two who remove it, one waits for the other and then finds nothing. Nobody takes a slot meanwhile.
const LOCK_SLOTS = `
select slot, lease_owner, lease_owner is not null and lease_until > now() as held
  from tidings.subscriptions where name = $1 order by slot for update`;

async function lockFreeSlots(tx: Transaction, name: string): Promise<void> {
  const slots = await tx.query<{ slot: number; lease_owner: string | null; held: boolean }>(LOCK_SLOTS, [
    name,
  ]);
  if (slots.length === 0) throw new TidingsError("SUBSCRIPTION_NOT_FOUND", { detail: `"${name}"` });
  const taken = slots.find(({ held }) => held);
  if (taken) {
    const detail = `Slot ${taken.slot} of "${name}" is held by ${taken.lease_owner}`;
    throw new TidingsError("SUBSCRIPTION_IN_USE", { detail });
  }
}

// Endpoints whose fan-out began anew would never be told of what was recorded in between.
const NEEDED = `
select (select name from tidings.projections where subscription = $1) as projection,
       $1 = 'webhooks' and exists (select from tidings.endpoints where status <> 'deleted') as has_endpoints`;

/** What of Tidings' own would break without it, or null. */
export async function neededFor(on: Queryable, name: string): Promise<string | null> {
  const [row] = await on.query<{ projection: string | null; has_endpoints: boolean }>(NEEDED, [name]);
  const { projection, has_endpoints } = row!;
  if (projection !== null)
    return `fills the projection ${projection}: npx tidings projections remove ${projection}`;
  return has_endpoints ? "feeds the webhook endpoints: remove those first" : null;
}
