import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { checkpointReplay, claimReplay, type Claim, type HeldReplay } from "./replayProgress.ts";
import { emptyTally } from "./replayTally.ts";

let database: PostgresTestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const claimAs = (id: number): Claim => ({
  id: `019ad000-0000-7000-8000-00000000000${id}`,
  kind: "in_place",
  account: null,
  fingerprint: "the same",
  request: {},
  startedBy: null,
  from: 0,
  restart: false,
  leaseMs: 60_000,
});

test("whoever takes a replay over goes on behind a checkpoint that was being committed meanwhile", async () => {
  const { db, pool } = database;
  const slow = (await claimReplay(db, "tidings.replays", claimAs(1))) as HeldReplay;
  await pool.query("update tidings.replays set lease_until = clock_timestamp()");
  const place = { position: 500, until: 1_000, cleared: true, tally: emptyTally };
  let taking: ReturnType<typeof claimReplay> | undefined;
  await db.transaction(async (tx) => {
    await checkpointReplay(tx, "tidings.replays", slow, place, 0);
    taking = claimReplay(db, "tidings.replays", claimAs(2));
    await expect
      .poll(async () => {
        const waiting = await pool.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return waiting.rowCount;
      })
      .toBeGreaterThan(0);
  });
  await expect(taking).resolves.toMatchObject({ id: slow.id, position: 500, cleared: true });
});

// A clock that is set back leaves what was written before it that much further ahead.
test("one whose process died before the clock was set back is taken over", async () => {
  const { db, pool } = database;
  await pool.query("update tidings.replays set state = 'cancelled'");
  const ahead = (by: string) =>
    pool.query("update tidings.replays set lease_until = clock_timestamp() + $1::interval", [by]);
  const dead = (await claimReplay(db, "tidings.replays", claimAs(3))) as HeldReplay;
  await ahead("10 minutes");
  const heir = () => claimReplay(db, "tidings.replays", claimAs(4));
  expect(await heir(), "as a process with a longer lease has it").toHaveProperty("heldUntil");
  await ahead("1 hour");
  expect(await heir()).toMatchObject({ id: dead.id, resumed: true });
  expect(await heir(), "the heir's is a lease as any").toHaveProperty("heldUntil");
});
