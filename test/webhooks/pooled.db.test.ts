import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../src/db/migrate.ts";
import { pg } from "../../src/db/pg.ts";
import { captureWebhooks } from "../../src/testing/captureWebhooks.ts";
import { fixture } from "../../src/testing/fixture.ts";
import { createTidings } from "../../src/tidings.ts";
import { claim } from "../../src/webhooks/claim.ts";
import { eventually } from "../log/support/eventually.ts";
import { pgbouncerInstalled, startPgbouncer } from "../support/pgbouncer.ts";
import { createTestDatabase, openPool, type PostgresTestDatabase } from "../support/testDatabase.ts";
import { events, invoicePaid, member } from "../support/webhookEvents.ts";
import { SECRET_KEY } from "./support/queueUnderTest.ts";

const suite = pgbouncerInstalled
  ? "webhooks through PgBouncer's transaction pooling"
  : "webhooks through PgBouncer's transaction pooling: PgBouncer is not installed";

describe.skipIf(!pgbouncerInstalled)(suite, () => {
  let database: PostgresTestDatabase;
  let bouncer: { url: string; stop: () => Promise<void> };
  let pool: Pool;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    bouncer = await startPgbouncer(database.url);
    // Far more connections of the app than the two that PgBouncer has for all of them.
    pool = openPool({ connectionString: bouncer.url, max: 20 });
    await migrate(pg(pool, { listen: false }));
  });
  afterAll(async () => {
    await pool?.end();
    await bouncer?.stop();
    await database?.drop();
  });

  const open = () =>
    createTidings({
      db: pg(pool, { listen: false }),
      events,
      account: "acme",
      webhooks: { secretKey: SECRET_KEY, allowAddresses: ["127.0.0.1"], pollMs: 20 },
    });

  test("two workers deliver everything, try again what failed, and take over from one that died", async () => {
    const refused = new Set<string>();
    await using receiver = await captureWebhooks({
      // Every third message is refused once.
      answer: ({ id, number }) => {
        if (number % 3 > 0 || refused.has(id!)) return 200;
        refused.add(id!);
        return 503;
      },
    });
    const [one, two] = [open(), open()];
    const { endpoint } = await one.webhooks.endpoints.create({
      url: receiver.url,
      types: ["*"],
      schedule: [0, 0, 0, 0],
    });
    const delivered = async (expected: number) => {
      const { rows } = await database.pool.query<{ n: number; open: number }>(
        "select count(*) filter (where state = 'delivered')::int as n, count(*)::int as open from tidings.deliveries",
      );
      return rows[0]!.n === expected && rows[0]!.open === expected;
    };

    await Promise.all([one.start(), two.start()]);
    const drafts = Array.from({ length: 40 }, () => fixture(invoicePaid, { actor: member("ann") }));
    await Promise.all(drafts.map((draft) => one.record(draft)));
    await eventually("all are delivered", () => delivered(40));
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(40);
    expect(refused.size).toBeGreaterThan(0);
    await Promise.all([one.stop(), two.stop()]);

    // A worker claims one more and dies: its lease has ended when the next one looks.
    const { id } = await one.webhooks.test(endpoint.id);
    const claimed = await claim(pg(pool, { listen: false }), { want: 8, slots: 8, slowRoom: 2, busy: {} });
    expect(claimed.deliveries).toHaveLength(1);
    await database.pool.query("update tidings.delivery_queue set leased_until = now() - interval '1 s'");
    const three = open();
    await three.start();
    await eventually("it is sent again", () => delivered(41));
    await three.stop();
    const { history } = await three.webhooks.deliveries.get(id);
    expect(history[0]).toMatchObject({ number: 1, failure: "worker_lost" });
    expect(history.at(-1)).toMatchObject({ status: 200 });
  });
});
