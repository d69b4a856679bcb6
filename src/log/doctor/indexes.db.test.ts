import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../../test/support/testDatabase.ts";
import { examineIndexes } from "./indexes.ts";

describeOnDatabases("doctor, about indexes", (open) => {
  let opened: TestDatabase;
  beforeAll(async () => void (opened = await open()));
  afterAll(() => opened.drop());

  /** An index that is begun and never finished: two rows are alike. */
  const leave = (name: string) =>
    expect(
      opened.db.query(`create unique index concurrently "${name}" on tidings.twice (n)`),
    ).rejects.toMatchObject({ code: "23505" });

  test("has what an interrupted REINDEX CONCURRENTLY left dropped, and not made again", async () => {
    const { db } = opened;
    await db.query("create table tidings.twice as select 1 as n from generate_series(1, 2)");
    await leave("twice_n_ccnew");
    const [left] = await examineIndexes(db);
    const drop = 'drop index concurrently "tidings"."twice_n_ccnew";';
    expect(left).toMatchObject({ status: "warning", details: { invalid: ["twice_n_ccnew"] }, fix: drop });
    await leave("twice_n");
    const [both] = await examineIndexes(db);
    expect(both!.fix).toBe(`Drop and create again: twice_n. ${drop}`);
    await db.query(drop);
    await db.query("drop index tidings.twice_n");
    expect(await examineIndexes(db)).toMatchObject([{ status: "fine" }]);
  });
});
