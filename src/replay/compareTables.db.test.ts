import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements } from "../../test/support/watchStatements.ts";
import { compareTables, type TableDifference } from "./compareTables.ts";
import type { ComparedTable } from "./tableShape.ts";

describeOnDatabases("comparing tables", (open) => {
  let present: TestDatabase;
  let replayed: TestDatabase;
  beforeAll(async () => {
    present = await open({ migrated: false });
    replayed = await open({ migrated: false });
  }, 120_000);
  afterAll(async () => {
    await present?.drop();
    await replayed?.drop();
  });
  beforeEach(() =>
    both("drop schema if exists billing cascade; drop schema public cascade; create schema public"),
  );

  const run = (on: TestDatabase, script: string) => on.db.transaction((tx) => tx.execute(script));
  const both = async (script: string) => {
    await run(present, script);
    await run(replayed, script);
  };
  const compare = (tables: readonly ComparedTable[], listRows?: number) =>
    compareTables(present.db, replayed.db, tables, { listRows });
  const compareOne = async (table: ComparedTable, listRows?: number): Promise<TableDifference> =>
    (await compare([table], listRows))[0]!;

  test("of one account only its rows are read, where the table says which column holds it", async () => {
    await both("create table users (account_id text, id integer, name text, primary key (account_id, id))");
    await run(
      present,
      "insert into users values ('a', 1, 'Ann'), ('b', 1, 'of b alone'), ('o''b\\', 1, 'Cem')",
    );
    await run(replayed, "insert into users values ('a', 1, 'Anna')");
    const users = { table: "users", account: "account_id" };
    const ofAccount = async (account: string) =>
      (await compareTables(present.db, replayed.db, [users], { account }))[0]!;
    expect(await ofAccount("a")).toMatchObject({ same: 0, missing: 0, extra: 0, different: 1 });
    expect(JSON.stringify(await ofAccount("a"))).not.toContain("of b alone");
    expect(await ofAccount("o'b\\")).toMatchObject({ missing: 1, extra: 0 });
    expect(await compareOne(users)).toMatchObject({ missing: 2, different: 1 });
    await expect(ofAccount("c")).resolves.toMatchObject({ same: 0, missing: 0, extra: 0 });
    const unknown = compareOne({ table: "users", account: "tenant" });
    await expect(unknown).rejects.toMatchObject({ code: "INCOMPARABLE_TABLE" });
  });

  test("stops between two pages when it is told to", async () => {
    await both(
      "create table users (id integer primary key); insert into users select generate_series(1, 5000)",
    );
    const watched = watchStatements(present.db);
    const stopping = new AbortController();
    const stopsAtFirstPage = vi.spyOn(watched.statements, "push").mockImplementation((statement) => {
      if (statement?.startsWith("fetch")) stopping.abort(new Error("enough"));
      return 0;
    });
    const compared = compareTables(watched.db, replayed.db, ["users"], { signal: stopping.signal });
    await expect(compared).rejects.toThrow("enough");
    expect(stopsAtFirstPage.mock.calls.filter(([statement]) => statement?.startsWith("fetch"))).toHaveLength(
      1,
    );
  });

  test("rows that only one side has, and fields that differ, are told apart", async () => {
    await both("create table users (id integer primary key, name text, seen timestamptz)");
    await run(
      present,
      "insert into users values (1, 'Ann', null), (2, 'Ben', '2026-01-01Z'), (10, 'Cem', null)",
    );
    await run(replayed, "insert into users values (1, 'Ann', null), (2, 'Bea', null), (3, 'Dora', null)");
    expect(await compare(["users"])).toEqual([
      {
        table: "users",
        same: 1,
        missing: 1,
        extra: 1,
        different: 1,
        rows: [
          {
            kind: "different",
            key: { id: "2" },
            fields: [
              { name: "name", present: "Ben", replayed: "Bea" },
              { name: "seen", present: "2026-01-01 00:00:00+00", replayed: null },
            ],
          },
          {
            kind: "extra",
            key: { id: "3" },
            fields: [
              { name: "id", replayed: "3" },
              { name: "name", replayed: "Dora" },
              { name: "seen", replayed: null },
            ],
          },
          {
            kind: "missing",
            key: { id: "10" },
            fields: [
              { name: "id", present: "10" },
              { name: "name", present: "Cem" },
              { name: "seen", present: null },
            ],
          },
        ],
      },
    ]);
  });

  test("lists so many rows of each kind, 20 unless told, and counts them all", async () => {
    await both("create table users (id integer primary key)");
    await run(present, "insert into users select generate_series(1, 25)");
    for (const [listRows, listed] of [
      [undefined, 20],
      [0, 0],
      [Infinity, 25],
    ] as const) {
      const { missing, rows } = await compareOne("users", listRows);
      expect([missing, rows.length]).toEqual([25, listed]);
    }
    const refused = {
      code: "INVALID_OPTION",
      detail: "listRows 1.5 must be a whole number from 0, or Infinity",
    };
    await expect(compareOne("users", 1.5)).rejects.toMatchObject(refused);
  });

  // Each pair is equal to somebody: to `=`, to a driver that reads it as a number or a Date, or to JSON.
  test.each([
    ["numeric", "1.0", "1.00"],
    ["numeric", "12345678901234567890.1", "12345678901234567890.2"],
    ["bigint", "9007199254740993", "9007199254740992"],
    ["float8", "0.1", "0.10000000000000002"],
    ["float8", "'-0'", "0"],
    ["timestamptz", "'2026-01-01 00:00:00.000001Z'", "'2026-01-01 00:00:00.000002Z'"],
    ["timestamp", "'infinity'", "null"],
    ["interval", "'1 month'", "'30 days'"],
    ["jsonb", `'{"a": 1.0}'`, `'{"a": 1.00}'`],
    ["jsonb", "'null'", "null"],
    ["jsonb", `'"null"'`, "'null'"],
    ["text", "'null'", "null"],
    ["text", "''", "null"],
    ["text[]", "'{a,b}'", "'{\"a,b\"}'"],
    ["text[]", "'{null}'", "'{\"null\"}'"],
    ["integer[]", "'{{1,2}}'", "'{1,2}'"],
    ["bytea", "'\\x00ff'", "'\\x00fe'"],
    ["boolean", "false", "null"],
  ])("a %s is compared exactly: %s is not %s", async (type, one, other) => {
    await both(`create table kept (id integer primary key, value ${type})`);
    await run(present, `insert into kept values (1, ${one}), (2, ${one}), (3, ${other})`);
    await run(replayed, `insert into kept values (1, ${one}), (2, ${other}), (3, ${other})`);
    const { same, different, rows } = await compareOne("kept");
    expect({ same, different, keys: rows.map(({ key }) => key.id) }).toEqual({
      same: 2,
      different: 1,
      keys: ["2"],
    });
  });

  test("how a database prints values makes no difference", async () => {
    await both(
      "create table printed (id integer primary key, at timestamptz, day date, span interval, raw bytea, score float8)",
    );
    await both(
      "insert into printed values (1, '2026-07-01 12:00Z', '2026-07-01', '1 day 2 hours', '\\x0a', 1.0 / 3)",
    );
    const name = await replayed.db.query<{ name: string }>("select current_database() as name");
    for (const setting of [
      "timezone = 'Asia/Tokyo'",
      "datestyle = 'German'",
      "intervalstyle = 'iso_8601'",
      "bytea_output = 'escape'",
      "extra_float_digits = -5",
    ]) {
      await replayed.db.query(`alter database "${name[0]!.name}" set ${setting}`);
      await replayed.db.query(`set ${setting}`); // of the connection that is open already
    }
    expect(await compareOne("printed")).toMatchObject({ same: 1, different: 0 });
  });

  test("counts are of all rows, lists of the first of each kind", async () => {
    await both("create table many (id bigint primary key, value text)");
    await run(present, "insert into many select n, 'a' from generate_series(1, 2600) n where n % 5 > 0");
    await run(
      replayed,
      "insert into many select n, case when n % 7 = 0 then 'b' else 'a' end from generate_series(1, 2600) n where n % 3 > 0",
    );
    const { rows, ...counts } = await compareOne("many", 2);
    const numbers = Array.from({ length: 2600 }, (_, index) => index + 1);
    const count = (holds: (n: number) => boolean) => numbers.filter(holds).length;
    expect(counts).toEqual({
      table: "many",
      same: count((n) => n % 5 > 0 && n % 3 > 0 && n % 7 > 0),
      different: count((n) => n % 5 > 0 && n % 3 > 0 && n % 7 === 0),
      missing: count((n) => n % 5 > 0 && n % 3 === 0),
      extra: count((n) => n % 5 === 0 && n % 3 > 0),
    });
    expect(rows.map(({ kind, key }) => [kind, key.id])).toEqual([
      ["missing", "3"],
      ["extra", "5"],
      ["missing", "6"],
      ["different", "7"],
      ["extra", "10"],
      ["different", "14"],
    ]);
  });

  test("for all keys and values, every row is found on the side that has it", async () => {
    await both("create table pairs (name text, number bigint, value text, primary key (number, name))");
    const key = fc.tuple(
      fc.string({ unit: "grapheme", maxLength: 3 }).map((name) => name.replaceAll("\0", "")),
      fc.bigInt({ min: -3n, max: 10n }),
    );
    const side = fc.uniqueArray(fc.tuple(key, fc.constantFrom("a", "b")), {
      selector: ([[name, number]]) => `${number} ${name}`,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(side, side, async (ours, theirs) => {
        await fill(present, ours);
        await fill(replayed, theirs);
        const there = new Map(theirs.map(([[name, number], value]) => [`${number} ${name}`, value]));
        const expected = { same: 0, missing: 0, extra: 0, different: 0 };
        for (const [[name, number], value] of ours) {
          const other = there.get(`${number} ${name}`);
          expected[other === undefined ? "missing" : other === value ? "same" : "different"]++;
        }
        expected.extra = theirs.length - expected.same - expected.different;
        expect(await compareOne("pairs")).toMatchObject(expected);
      }),
      { numRuns: 25 },
    );
    async function fill(on: TestDatabase, rows: [[string, bigint], string][]): Promise<void> {
      await on.db.query("delete from pairs");
      const list = rows.map(([[name, number], value]) => ({ name, number: String(number), value }));
      await on.db.query(
        "insert into pairs select name, number, value from jsonb_to_recordset($1::text::jsonb) as given (name text, number bigint, value text)",
        [JSON.stringify(list)],
      );
    }
  });

  test("two databases that sort differently agree about the rows", async () => {
    await run(present, `create table words (word text collate "und-x-icu" primary key)`);
    await run(replayed, `create table words (word text collate "C" primary key)`);
    await both("insert into words values ('a'), ('B'), ('ä'), ('z'), ('_'), (U&'\\FFFD'), (U&'\\+01F600')");
    expect(await compareOne("words")).toMatchObject({ same: 7, missing: 0, extra: 0 });
  });

  test("a table without a primary key is refused, unless columns are named that tell its rows apart", async () => {
    await both("create table visits (place text, day date, count integer)");
    await both(
      "insert into visits values ('a', '2026-01-01', 1), ('a', '2026-01-02', 2), (null, '2026-01-02', 2)",
    );
    await expect(compare(["visits"])).rejects.toMatchObject({
      code: "INCOMPARABLE_TABLE",
      message: expect.stringContaining(`{ table: "visits", key: [...] }`) as string,
    });
    expect(await compareOne({ table: "visits", key: ["place", "day"] })).toMatchObject({
      same: 3,
      missing: 0,
      extra: 0,
    });
    await expect(compare([{ table: "visits", key: ["day"] }])).rejects.toMatchObject({
      code: "INCOMPARABLE_TABLE",
      message: expect.stringContaining("Two rows of visits have the same day (2026-01-02)") as string,
    });
  });

  test("columns can be left out, but not those of the key, nor any that are not there", async () => {
    await both(
      "create table users (id integer primary key, name text, touched_at timestamptz default clock_timestamp())",
    );
    await run(present, "alter table users add column only_here integer");
    await both("insert into users (id, name) values (1, 'Ann')");
    expect(await compareOne({ table: "users", ignore: ["touched_at", "only_here"] })).toMatchObject({
      same: 1,
    });
    const refused = (table: ComparedTable) =>
      expect(compare([table])).rejects.toMatchObject({ code: "INCOMPARABLE_TABLE" });
    await refused({ table: "users", ignore: ["only_here", "id"] });
    await refused({ table: "users", ignore: ["only_here", "touched"] });
    await refused({ table: "users", ignore: ["only_here"], key: ["nme"] });
  });

  test("names may be any", async () => {
    await both(`create schema billing; create table billing.invoices (id integer primary key);
                create table "Order Items" ("the ""key""" integer primary key, "select" text);
                create table "v1.users" (id integer primary key)`);
    await both(
      `insert into billing.invoices values (1); insert into "Order Items" values (1, 'x'); insert into "v1.users" values (1)`,
    );
    const compared = await compare(["billing.invoices", "Order Items", `"v1.users"`]);
    expect(compared.map(({ table, same }) => [table, same])).toEqual([
      ["billing.invoices", 1],
      ["Order Items", 1],
      [`"v1.users"`, 1],
    ]);
    for (const name of ["", "a.b.c", ".", `users"; drop table users; --`]) {
      await expect(compare([name])).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
  });

  test("a table that one side lacks, and columns that do, are said before anything is read", async () => {
    await both("create table fine (id integer primary key)");
    await run(
      present,
      "create table here (id integer primary key); create table users (id integer primary key, age integer)",
    );
    await run(
      replayed,
      "create table there (id integer primary key); create table users (id integer primary key, born date)",
    );
    const complaint = (table: string) =>
      compare(["fine", table]).then(
        () => "",
        (error: Error) => error.message,
      );
    expect(await complaint("here")).toContain("The database of the replay has no table here");
    expect(await complaint("there")).toContain("The database has no table there");
    expect(await complaint("users")).toContain(
      "users lacks age and also has born in the database of the replay",
    );
  });

  test("of a long value the report has the part that differs", async () => {
    await both("create table pages (id integer primary key, body text)");
    await run(present, "insert into pages values (1, repeat('x', 5000) || 'here' || repeat('y', 5000))");
    await run(replayed, "insert into pages values (1, repeat('x', 5000) || 'there' || repeat('y', 5000))");
    const { rows } = await compareOne("pages");
    const [body] = rows[0]!.fields;
    expect(body!.present).toBe(`…${"x".repeat(50)}here${"y".repeat(446)}…`);
    expect(body!.replayed).toBe(`…${"x".repeat(50)}there${"y".repeat(445)}…`);
  });
});
