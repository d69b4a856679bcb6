import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pg } from "../../src/db/pg.ts";
import { pgbouncerInstalled, startPgbouncer } from "../support/pgbouncer.ts";
import { eventually } from "./support/eventually.ts";
import { writeDown } from "./support/handler.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

const suite = pgbouncerInstalled
  ? "through PgBouncer's transaction pooling"
  : "through PgBouncer's transaction pooling: PgBouncer is not installed";

describe.skipIf(!pgbouncerInstalled)(suite, () => {
  let log: LogUnderTest;
  let bouncer: { url: string; stop: () => Promise<void> };
  let pool: Pool;
  beforeAll(async () => {
    log = await openLog();
    bouncer = await startPgbouncer(log.database.url);
    pool = new Pool({ connectionString: bouncer.url, max: 20 });
    pool.on("error", () => undefined);
  });
  afterAll(async () => {
    await log?.close();
    await pool?.end();
    await bouncer?.stop();
  });

  test("two workers handle each event once, live streams follow, and a stopped one's slots go over", async () => {
    const behaviour = { exit: () => undefined, pause: async () => undefined };
    const [one, two] = [1, 2].map(() => {
      const tidings = log.open({ db: pg(pool, { listen: false }) });
      tidings.subscribe("copy", {
        from: "start",
        slots: 4,
        key: "subject",
        run: writeDown("copy", behaviour),
      });
      return tidings;
    }) as [ReturnType<LogUnderTest["open"]>, ReturnType<LogUnderTest["open"]>];
    await Promise.all([one.start(), two.start()]);
    const streamed: number[] = [];
    void (async () => {
      for await (const { position } of two.live({ after: 0 })) streamed.push(position);
    })();
    const record = (from: number) =>
      Promise.all(Array.from({ length: 30 }, (_, n) => log.record(from + n, { subject: String(n % 7) })));
    await record(1);
    await one.stop();
    await record(31);
    await log.caughtUp("copy");
    const all = Array.from({ length: 60 }, (_, index) => index + 1);
    expect((await log.handled("copy")).map(({ position }) => position)).toEqual(all);
    await eventually("the stream is complete", () => streamed.length >= 60);
    expect(streamed).toEqual(all);
  });
});
