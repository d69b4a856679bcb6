import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as events from "../../test/support/cliEvents.ts";
import { cardMoved, cardShared, card, column, team, user } from "../../test/support/cliEvents.ts";
import { administer } from "../../test/support/databaseServers.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import {
  createTestDatabase,
  type PostgresTestDatabase,
  type TestDatabase,
} from "../../test/support/testDatabase.ts";
import { grantReadRole } from "../db/grants.ts";
import { createTidings } from "../tidings.ts";
import { catalog } from "./catalog.ts";
import { createRegistry } from "./registry.ts";
import { typedView, type TypedViewOptions } from "./typedView.ts";
import { viewNames } from "./viewNames.ts";

const registry = createRegistry(events);
const names = viewNames(registry.types.map(({ type }) => type));
const migrationOf = (type: string, options?: TypedViewOptions) =>
  typedView(
    catalog(registry).find((entry) => entry.type === type)!,
    names.get(type)!,
    options,
  );

const ann = user("ann", "Ann");
const ODD_FIELD = 'it\'s "odd" | e.g. \\';
const shared = cardShared({
  account: "acme",
  actor: ann,
  subject: card(1, "Login"),
  refs: { with: [user("ben", "Ben"), team("qa")], on: team("qa", "QA") },
  data: {
    until: "2026-11-20T09:30:00Z",
    day: "2026-11-20",
    link: "0193b0c2-6f6e-7c4a-9d3e-5b1f0a2c4d6e",
    price: 2.5,
    isPublic: true,
    level: "view",
    tags: ["a", "b"],
    [ODD_FIELD]: "odd",
    account_id: "of the data",
  },
});

describeOnDatabases("a typed view", (open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
    const tidings = createTidings({ db: opened.db, events });
    const moved = (account: string, position: number) =>
      cardMoved({
        account,
        actor: ann,
        subject: card(1, "Login"),
        refs: { from: column(1, "To do"), to: column(2, "Doing") },
        data: { position },
      });
    await tidings.record(moved("acme", 3), moved("acme", 40), moved("globex", 5), shared);
    // What an older version of the app stored, in which `reason` was a number, and what a newer one will store.
    await opened.db.query(
      `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                   actor_type, actor_id, occurred_at, refs, data, metadata)
       select 'acme', 'domain', gen_random_uuid(), type, version, 'info', 'card', '1', 'user', 'ann', now(), '{}', data::jsonb, '{}'
         from (values ('card_moved', 1, '{"index": 7, "reason": 1}'), ('card.moved', 3, '{"position": "top"}')) older (type, version, data)`,
    );
    await opened.db.transaction(async (tx) => {
      for (const { type } of registry.types) {
        await tx.execute(migrationOf(type, { indexes: type === "card.moved" ? ["position", "to_id"] : [] }));
      }
    });
  });
  afterAll(() => opened.drop());

  test("shows each event as a row with typed columns", async () => {
    const rows = await opened.db.query(
      `select event_id is not null as has_id, version, occurred_at <= now() as past, actor_id, actor_label,
              subject_id, subject_label, from_id, from_label, to_id, to_label, (position + 1)::float8 as next
         from tidings_views.card_moved where account_id = 'acme' and position > 10`,
    );
    expect(rows).toEqual([
      {
        has_id: true,
        version: 2,
        past: true,
        actor_id: "ann",
        actor_label: "Ann",
        subject_id: "1",
        subject_label: "Login",
        from_id: "1",
        from_label: "To do",
        to_id: "2",
        to_label: "Doing",
        next: 41,
      },
    ]);
  });

  test("shows every version under every name, with the fields that were stored alike", async () => {
    const rows = await opened.db.query(
      `select version, position::text, reason from tidings_views.card_moved
        where account_id = 'acme' order by version, position`,
    );
    expect(rows).toEqual([
      { version: 1, position: null, reason: null },
      { version: 2, position: "3", reason: null },
      { version: 2, position: "40", reason: null },
      { version: 3, position: null, reason: null },
    ]);
  });

  test("has columns of PostgreSQL's own types, whatever the fields and roles are called", async () => {
    const columns = await opened.db.query<{ name: string; type: string }>(
      `select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
        where attrelid = 'tidings_views.card_shared'::regclass and attnum > 11 order by attnum`,
    );
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ["with_types", "text[]"],
      ["with_ids", "text[]"],
      ["with_labels", "text[]"],
      ["by_id", "text"],
      ["by_label", "text"],
      ["on_type", "text"],
      ["on_id", "text"],
      ["on_label", "text"],
      ["until", "timestamp with time zone"],
      ["day", "date"],
      ["link", "uuid"],
      ["price", "double precision"],
      ["isPublic", "boolean"],
      ["level", "text"],
      ["tags", "jsonb"],
      [ODD_FIELD, "text"],
      ["data_account_id", "text"],
    ]);
    const [row] = await opened.db.query(
      `select array_to_string(with_types, ',') as types, array_to_string(with_ids, ',') as ids, with_labels[2] is null as unnamed,
              by_id, on_type, on_label, extract(epoch from until)::float8 as until, extract(year from day)::float8 as year,
              price, "isPublic" as public, tags->>1 as tag, data_account_id as own, account_id
         from tidings_views.card_shared where account_id = 'acme'`,
    );
    expect(row).toEqual({
      types: "user,team",
      ids: "ben,qa",
      unnamed: true,
      by_id: null,
      on_type: "team",
      on_label: "QA",
      until: Date.parse("2026-11-20T09:30:00Z") / 1000,
      year: 2026,
      price: 2.5,
      public: true,
      tag: "b",
      own: "of the data",
      account_id: "acme",
    });
  });

  test("is looked up through the index that was asked for", async () => {
    const explain = (where: string) =>
      opened.db.transaction(async (tx) => {
        await tx.execute("set local enable_seqscan = off; set local enable_bitmapscan = off");
        const plan = await tx.query<{ "QUERY PLAN": string }>(
          `explain select event_id from tidings_views.card_moved where account_id = 'acme' and ${where}`,
        );
        return plan.map((line) => line["QUERY PLAN"]).join("\n");
      });
    expect(await explain("position = 40")).toMatch(/Index Cond: .*position.* = '?40/);
    expect(await explain("to_id = '2'")).toMatch(/Index Cond: .*'to'.* = '2'/);
  });

  test("is replaced by a second run of the migration", async () => {
    const columnsBefore = await countColumns();
    await opened.db.transaction((tx) =>
      tx.execute(migrationOf("card.moved", { indexes: ["position", "to_id"] })),
    );
    expect(await countColumns()).toBe(columnsBefore);
  });

  async function countColumns(): Promise<number> {
    const [row] = await opened.db.query<{ columns: number }>(
      "select count(*)::float8 as columns from pg_attribute where attrelid = 'tidings_views.card_moved'::regclass and attnum > 0",
    );
    return row!.columns;
  }

  test("lives in other schemas when told to, also under names that need quotes", async () => {
    const options = { viewSchema: 're"ports' };
    await opened.db.transaction((tx) => tx.execute(migrationOf("card.moved", options)));
    const rows = await opened.db.query(
      `select 1 as found from "re""ports".card_moved where account_id = 'globex'`,
    );
    expect(rows).toHaveLength(1);
  });
});

describe("a typed view for a read role", () => {
  let opened: PostgresTestDatabase;
  const reader = `reader_${randomBytes(4).toString("hex")}`;
  beforeAll(async () => {
    opened = await createTestDatabase();
    await administer(opened.adminUrl, async (admin) => void (await admin.query(`create role ${reader}`)));
    await administer(
      opened.adminUrl,
      async (admin) => void (await admin.query(`grant ${reader} to ${opened.server.owner}`)),
    );
  });
  afterAll(async () => {
    await opened.drop();
    await administer(
      opened.server.adminUrl,
      async (admin) => void (await admin.query(`drop role ${reader}`)),
    );
  });

  test("shows the account that its transaction named, and no other", async () => {
    const tidings = createTidings({ db: opened.db, events });
    await tidings.record(shared, { ...shared, account: "globex" });
    await opened.db.transaction(async (tx) => {
      await grantReadRole(tx, reader);
      await tx.execute(migrationOf("card.shared"));
      await tx.execute(
        `grant usage on schema tidings_views to ${reader}; grant select on tidings_views.card_shared to ${reader}`,
      );
    });
    const accounts = await opened.db.transaction(async (tx) => {
      await tx.execute(`set local role ${reader}; set local tidings.account = 'acme'`);
      return tx.query("select account_id from tidings_views.card_shared");
    });
    expect(accounts).toEqual([{ account_id: "acme" }]);
  });
});
