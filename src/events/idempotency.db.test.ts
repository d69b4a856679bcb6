import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { aMove, ann, ben, card, cardAdded, board, events, user } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements } from "../../test/support/watchStatements.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { defineEvent } from "./defineEvent.ts";
import type { Draft } from "./draft.ts";
import { many, optional } from "./entity.ts";
import { from } from "./upcast.ts";

describeOnDatabases("idempotency keys", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let account = "";
  let count = 0;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
  }, 120_000);
  afterAll(() => database.drop());
  beforeEach(() => {
    account = `account-${++count}`;
  });

  const asAnn = <Result>(work: () => Result) => tidings.run({ account, actor: ann }, work);
  const record = (...drafts: Draft[]) => asAnn(() => tidings.record(...drafts));
  const keyed = (id: number, key: string, position = 1) => ({ ...aMove(id, position), idempotencyKey: key });
  const stored = () => tidings.events.count({ account });
  const conflict = (index: number) => ({ code: "IDEMPOTENCY_CONFLICT", path: ["idempotencyKey"], index });

  test("a repeat returns the first event and records nothing", async () => {
    const [first] = await record({ ...keyed(1, "k"), metadata: { attempt: 1 } });
    const [again] = await record({
      ...keyed(1, "k"),
      metadata: { attempt: 2 },
      occurredAt: new Date(0),
      subject: card(1, "Another title"),
    });
    expect(again).toEqual(first);
    expect(await stored()).toBe(1);
  });

  test.each([
    ["data", keyed(1, "k", 2)],
    ["subject", keyed(2, "k")],
    ["actor", { ...keyed(1, "k"), actor: ben }],
    ["refs", { ...keyed(1, "k"), refs: { ...aMove().refs, board: board(1) } }],
    ["type", { ...cardAdded({ subject: card(1), refs: { board: board(1) } }), idempotencyKey: "k" }],
  ])("the same key with other %s is a conflict", async (_what, draft) => {
    await record(keyed(1, "k"));
    await expect(record(draft as Draft)).rejects.toMatchObject(conflict(0));
    expect(await stored()).toBe(1);
  });

  test("twice in one call is one event, or a conflict before any statement", async () => {
    const [first, second, other] = await record(keyed(1, "k"), keyed(1, "k"), keyed(1, "l"));
    expect(second).toEqual(first);
    expect(other!.id).not.toBe(first!.id);
    expect(await stored()).toBe(2);
    await expect(record(aMove(3), keyed(1, "m", 1), keyed(1, "m", 2))).rejects.toMatchObject(conflict(2));
    expect(await stored()).toBe(2);
  });

  test("two accounts may use one key", async () => {
    const [mine] = await record(keyed(1, "k"));
    const [theirs] = await tidings.run({ account: `${account}-b`, actor: ann }, () =>
      tidings.record(keyed(2, "k")),
    );
    expect(theirs.id).not.toBe(mine!.id);
  });

  test("a call may mix new events, repeats and events without a key, and keeps their order", async () => {
    const [first] = await record(keyed(1, "k"));
    const mixed = await record(aMove(2), keyed(1, "k"), keyed(3, "a"), aMove(4));
    expect(mixed.map(({ subject }) => subject.id)).toEqual(["2", "1", "3", "4"]);
    expect(mixed[1]).toEqual(first);
    expect(await stored()).toBe(4);
  });

  test("a conflict leaves nothing of its call in the caller's transaction, which goes on", async () => {
    await record(keyed(1, "k"));
    await database.ownTransaction(async (handle) => {
      await asAnn(() => tidings.record(handle, aMove(2)));
      const refused = asAnn(() => tidings.record(handle, aMove(3), keyed(4, "l"), keyed(9, "k")));
      await expect(refused).rejects.toMatchObject(conflict(2));
      await asAnn(() => tidings.record(handle, keyed(5, "l")));
    });
    const { items } = await tidings.events.list({ account });
    expect(items.map(({ subject }) => subject.id).sort()).toEqual(["1", "2", "5"]);
  });

  test("the conflict of a single event does not cost the caller's transaction either", async () => {
    await record(keyed(1, "k"));
    await database.ownTransaction(async (handle) => {
      await expect(asAnn(() => tidings.record(handle, keyed(2, "k")))).rejects.toMatchObject(conflict(0));
      await asAnn(() => tidings.record(handle, aMove(3)));
    });
    expect(await stored()).toBe(2);
  });

  describe("after a deploy", () => {
    const before = defineEvent("card.ranked", { subject: card, data: z.object({ rank: z.number() }) });
    const renamed = defineEvent("card.placed", {
      version: 2,
      subject: card,
      refs: { board: optional(board), watchers: many(user) },
      data: z.object({ place: z.number() }),
      upcast: {
        1: from(before.schema as z.ZodType<{ rank: number }>, ({ rank }) => {
          if (rank < 0) throw new Error("no place");
          return { place: rank === 9 ? (10n as never) : rank + 1 };
        }),
      },
      aliases: ["card.ranked"],
    });
    const earlier = (rank: number, key: string) =>
      before({ subject: card(1), data: { rank }, idempotencyKey: key });
    const later = (place: number, key: string) =>
      renamed({ subject: card(1), refs: { watchers: [] }, data: { place }, idempotencyKey: key });
    const recordWith = (definitions: object, draft: Draft) =>
      createTidings({ db: database.db, events: definitions, account }).record({ ...draft, actor: ann });

    test("a repeat under the new name and in the new version, with new roles left empty, returns the first event", async () => {
      const [first] = await recordWith({ before }, earlier(1, "k"));
      const [again] = await recordWith({ renamed }, later(2, "k"));
      expect(again).toMatchObject({ id: first!.id, type: "card.placed", version: 2, data: { place: 2 } });
      expect(await stored()).toBe(1);
    });

    test("other content is a conflict, and so is what its upcaster refuses", async () => {
      await recordWith({ before }, earlier(1, "k"));
      await recordWith({ before }, earlier(-1, "unreadable"));
      await recordWith({ before }, earlier(9, "no JSON"));
      await expect(recordWith({ renamed }, later(3, "k"))).rejects.toMatchObject(conflict(0));
      await expect(recordWith({ renamed }, later(0, "unreadable"))).rejects.toMatchObject(conflict(0));
      await expect(recordWith({ renamed }, later(10, "no JSON"))).rejects.toMatchObject(conflict(0));
      const watched = { ...later(2, "k"), refs: { watchers: [user("ben")] } };
      await expect(recordWith({ renamed }, watched)).rejects.toMatchObject(conflict(0));
      expect(await stored()).toBe(3);
    });

    test("a process from before it, which cannot read the first event, is told of a conflict", async () => {
      await recordWith({ renamed }, later(2, "k"));
      await expect(recordWith({ before }, earlier(1, "k"))).rejects.toMatchObject(conflict(0));
    });
  });

  test("a key can be used again when it has expired", async () => {
    const [first] = await record(keyed(1, "k"));
    await database.db.query("update tidings.idempotency_keys set expires_at = now() where account_id = $1", [
      account,
    ]);
    const [second] = await record(keyed(2, "k"));
    expect(second!.id).not.toBe(first!.id);
    expect(await record(keyed(2, "k"))).toEqual([second]);
    await expect(record(keyed(1, "k"))).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect(await stored()).toBe(2);
  });

  test.each([2, 10_000])("a key holds for as many days as asked for: %i", async (days) => {
    const asked = createTidings({ db: database.db, events, keepIdempotencyKeysDays: days });
    await asked.run({ account, actor: ann }, () => asked.record(keyed(1, "k")));
    const [row] = await database.db.query<{ hours: number }>(
      `select extract(epoch from expires_at - now())::float8 / 3600 as hours
         from tidings.idempotency_keys where account_id = $1`,
      [account],
    );
    expect(row!.hours).toBeCloseTo(days * 24, 0);
  });

  test("only a call that lost a key runs more than one statement", async () => {
    const watched = watchStatements(database.db);
    const counted = createTidings({ db: watched.db, events });
    const statementsOf = async (...drafts: Draft[]) => {
      watched.statements.length = 0;
      await counted.run({ account, actor: ann }, () => counted.record(...drafts));
      return watched.statements.filter((sql) => !/^(begin|savepoint|release)/.test(sql)).length;
    };
    expect(await statementsOf(keyed(1, "a"), keyed(2, "b"))).toBe(1);
    expect(await statementsOf(keyed(1, "a"), keyed(2, "b"), keyed(3, "c"))).toBe(3);
  });

  test("20 writers at once with one key make one event", async (context) => {
    needsSeveralConnections(context);
    const results = await Promise.all(Array.from({ length: 20 }, () => record(aMove(7), keyed(1, "k"))));
    expect(new Set(results.map(([, event]) => event!.id)).size).toBe(1);
    const { items } = await tidings.events.list({ account, subjects: [card(1)] });
    expect(items).toHaveLength(1);
    expect(await stored()).toBe(21);
  });

  test("writers with the same keys in other orders do not deadlock", async (context) => {
    needsSeveralConnections(context);
    const keys = Array.from({ length: 20 }, (_, index) => index);
    const orders = [keys, keys.toReversed(), [...keys.slice(7), ...keys.slice(0, 7)]];
    await Promise.all(
      Array.from({ length: 12 }, (_, writer) =>
        record(...orders[writer % 3]!.map((key) => keyed(key, `k${key}`))),
      ),
    );
    expect(await stored()).toBe(20);
  });
});
