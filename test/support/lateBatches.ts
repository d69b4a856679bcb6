import * as fc from "fast-check";
import { textArray, type Queryable } from "../../src/db/database.ts";
import { lastPosition } from "../../src/log/readPositions.ts";
import { insertPastEvents } from "./pastEvents.ts";

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** What one transaction wrote: `minutes` ago, a second apart. It got its positions when it committed, which is its turn. */
export interface Batch {
  readonly account: string;
  readonly actor: string;
  readonly minutes: number;
  readonly events: number;
}

/** Transactions that wrote for up to three hours before they committed, in the order of their commits. */
export const lateBatches = (accounts: readonly string[]): fc.Arbitrary<readonly Batch[]> =>
  fc.array(
    fc.record({
      account: fc.constantFrom(...accounts),
      actor: fc.constantFrom("ann", "ben"),
      minutes: fc.nat({ max: 180 }),
      events: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 100, max: 260 })),
    }),
    { minLength: 1, maxLength: 6 },
  );

export interface Placed extends Omit<Batch, "minutes" | "events"> {
  readonly id: string;
  readonly at: number;
  readonly position: number;
}

/** Writes the batches behind what the log holds already, all about card:1. */
export async function writeBatches(on: Queryable, batches: readonly Batch[]): Promise<Placed[]> {
  const before = await lastPosition(on);
  const now = Date.now();
  const placed: Placed[] = [];
  for (const { account, actor, minutes, events } of batches) {
    const times = Array.from({ length: events }, (_, index) => now - minutes * MINUTE_MS + index * SECOND_MS);
    const ids = await insertPastEvents(
      on,
      times.map((at) => ({ at: new Date(at), actor })),
      { account },
    );
    const first = before + placed.length + 1;
    await on.query(
      `insert into tidings.event_order (pos, account_id, lane, event_id)
       select $1::bigint + ordinality - 1, $2, 'domain', id from unnest($3::uuid[]) with ordinality ids (id, ordinality)`,
      [String(first), account, textArray(ids)],
    );
    placed.push(
      ...ids.map((id, index) => ({ account, actor, id, at: times[index]!, position: first + index })),
    );
  }
  await on.query(
    "update tidings.sequencer set last_position = $1::bigint, snapshot = pg_current_snapshot(), sweep_from = pg_current_snapshot()",
    [String(before + placed.length)],
  );
  return placed;
}
