import { afterEach, beforeEach, expect, test } from "vitest";
import type { Scratch, Tidings } from "../../src/index.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import type { TestDatabase } from "../support/testDatabase.ts";
import { clubActions, clubRows, createClub, createClubTables, type Club } from "./support/club.ts";
import { user } from "./support/shopEvents.ts";
import type { Tx } from "./support/shopTables.ts";

const acme = { account: "acme", actor: user("ann", "Ann") };

describeOnDatabases("a replay into another database", (open) => {
  let database: TestDatabase;
  let target: TestDatabase;
  let actions: Club;
  let club: Tidings<Tx>;
  let dropped: number;
  beforeEach(async () => {
    database = await open();
    target = await open(); // what else it holds makes no difference
    for (const { db } of [database, target]) await createClubTables(db);
    actions = clubActions({ mails: [], runs: [] });
    dropped = 0;
    const drop = async () => void dropped++;
    const scratch = async () => ({ db: target.db, drop, [Symbol.asyncDispose]: drop }) as Scratch<Tx>;
    club = createClub(database, actions, { scratch });
  });
  afterEach(() => Promise.all([database.drop(), target.drop()]));

  const join = async (name: string) =>
    (await club.perform(actions.createMember, { name, password: "secret" }, acme)).event!.subject.id;
  const rename = (id: string, name: string) => club.perform(actions.renameMember, { id, name }, acme);

  test("fills its tables, leaves those of the app alone, and keeps nobody out", async () => {
    await join("Ann");
    await database.db.query("update members set name = 'changed by hand'");
    const before = await clubRows(database.db);
    let performed: Promise<unknown> | undefined;
    const report = await club.replay({
      into: target.db,
      onProgress: () => (performed ??= join("Ben")),
    });
    await performed;
    expect(report).toMatchObject({ resumed: false, clears: null });
    expect((await clubRows(target.db))[0]).toContain(" Ann ");
    expect(await clubRows(database.db)).toEqual(expect.arrayContaining(before));
  });

  test("with compare says row by row what the tables of the app have that their log does not give, and the other way round", async () => {
    const [changed, deleted] = [await join("Ann"), await join("Ben")];
    expect((await club.replay({ into: "scratch", compare: true })).tables).toMatchObject([
      { table: "members", same: 2, missing: 0, extra: 0, different: 0 },
      { table: "badges", same: 0, missing: 0, extra: 0, different: 0 },
    ]);
    await target.db.query("delete from members");
    await target.db.query("drop table tidings_replays");
    await database.db.query("update members set name = 'changed by hand' where id = $1", [changed]);
    await database.db.query("delete from members where id = $1", [deleted]);
    await database.db.query("insert into members (account, id, name) values ('acme', 'x', 'added by hand')");
    const { tables } = await club.replay({ into: "scratch", compare: ["members"] });
    expect(tables).toMatchObject([{ table: "members", same: 0, missing: 1, extra: 1, different: 1 }]);
    const found = tables![0]!.rows.map(({ kind, key, fields }) => [
      kind,
      key["id"],
      fields.find(({ name }) => name === "name"),
    ]);
    expect(found.toSorted()).toEqual([
      ["different", changed, { name: "name", present: "changed by hand", replayed: "Ann" }],
      ["extra", deleted, { name: "name", replayed: "Ben" }],
      ["missing", "x", { name: "name", present: "added by hand" }],
    ]);
    expect(dropped, "the scratch database is dropped").toBe(2);
  });

  test("drops the scratch database also when it fails", async () => {
    await join("Ann");
    const { createMember: _, ...others } = actions;
    const forgetful = createClub(database, others, {
      scratch: async () => ({
        db: target.db as never,
        drop: async () => void dropped++,
        [Symbol.asyncDispose]: async () => undefined,
      }),
    });
    await expect(forgetful.replay({ into: "scratch" })).rejects.toMatchObject({
      code: "REPLAY_UNKNOWN_TYPE",
    });
    expect(dropped).toBe(1);
  });

  test("goes on where it was stopped, when the same call comes again", async () => {
    const id = await join("Ann");
    await rename(id, "Bea");
    await rename(id, "Cleo");
    const stop = new AbortController();
    const onProgress = ({ events }: { events: number }) => events === 1 && stop.abort(new Error("enough"));
    await expect(club.replay({ into: target.db, batch: 1, signal: stop.signal, onProgress })).rejects.toThrow(
      "enough",
    );
    expect((await clubRows(target.db))[0]).toContain(" Ann ");
    const report = await club.replay({ into: target.db });
    expect(report).toMatchObject({ resumed: true, replayed: 3 });
    expect((await clubRows(target.db))[0]).toContain(" Cleo ");
  });

  test("a second time needs clear: otherwise it would be in its own way", async () => {
    await join("Ann");
    await club.replay({ into: target.db });
    await expect(club.replay({ into: target.db })).rejects.toMatchObject({ code: "REPLAY_NEEDS_CLEAR" });
    const report = await club.replay({ into: target.db, clear: ["members", "badges"] });
    expect(report).toMatchObject({ resumed: false, replayed: 1, clears: ["members", "badges"] });
    expect(await clubRows(target.db)).toEqual(await clubRows(database.db));
  });

  test("up to a moment of the past shows the tables as they were then", async () => {
    const id = await join("Ann");
    const { position } = await club.replay({ dryRun: true });
    await rename(id, "Anna");
    const report = await club.replay({ into: "scratch", until: { position }, compare: ["members"] });
    expect(report.tables![0]!.rows).toEqual([
      {
        kind: "different",
        key: { account: "acme", id },
        fields: [{ name: "name", present: "Anna", replayed: "Ann" }],
      },
    ]);
  });
});
