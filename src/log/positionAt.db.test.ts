import { afterAll, beforeAll, expect, test } from "vitest";
import { uuid7At } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { textArray } from "../db/database.ts";
import { positionAt } from "./positionAt.ts";

const HOUR_MS = 3_600_000;
const COUNT = 5_000;
const START = Date.UTC(2026, 0, 1);
/** One event a minute. */
const timeOf = (position: number) => START + (position * HOUR_MS) / 60;

let opened: PostgresTestDatabase;
beforeAll(async () => {
  opened = await createTestDatabase();
});
afterAll(() => opened.drop());

async function fill(ids: readonly string[], from: number): Promise<void> {
  await opened.db.query(
    `insert into tidings.event_order (pos, account_id, lane, event_id)
     select $2::int + ordinality, 'acme', 'domain', id from unnest($1::uuid[]) with ordinality events (id, ordinality)`,
    [textArray(ids), from],
  );
  await opened.db.query(
    "update tidings.sequencer set last_position = (select max(pos) from tidings.event_order)",
  );
}

test("of an empty log, the position is its beginning", async () => {
  expect(await positionAt(opened.db, new Date(START))).toBe(0);
});

test("everything recorded since a moment lies after its position, and not much else", async () => {
  const positions = Array.from({ length: COUNT }, (_, index) => index + 1);
  // Now and then a transaction committed two hours after it had written its event.
  await fill(
    positions.map((position) => uuid7At(timeOf(position) - (position % 97 === 0 ? 2 * HOUR_MS : 0))),
    0,
  );
  for (const wanted of [1, 2, 500, 970, 2_500, 4_999]) {
    const position = await positionAt(opened.db, new Date(timeOf(wanted)));
    expect(position).toBeLessThan(wanted);
    expect(wanted - position).toBeLessThan(250);
  }
  expect(await positionAt(opened.db, new Date(0))).toBe(0);
  expect(await positionAt(opened.db, new Date(timeOf(COUNT) + HOUR_MS))).toBeLessThanOrEqual(COUNT);
});

test("what retention took is not looked for", async () => {
  await opened.db.query("delete from tidings.event_order where pos <= 1000");
  expect(await positionAt(opened.db, new Date(0))).toBe(1_000);
});
