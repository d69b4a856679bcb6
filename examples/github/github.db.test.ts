import { afterAll, beforeAll, expect, test } from "vitest";
import { createTidings, type FeedItem, type RecordedEvent, type Tidings } from "../../src/index.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import * as events from "./events.ts";
import { exampleDeliveries } from "./exampleDeliveries.ts";
import { mapDelivery } from "./mapDelivery.ts";
import { tallyOf } from "./testing/tally.ts";

const lanes = ["domain", "system"] as const;
const deliveries = exampleDeliveries();
const drafts = deliveries.flatMap(mapDelivery);
const tally = tallyOf(deliveries);

describeOnDatabases("329 real payloads", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let recorded: readonly RecordedEvent[];
  let items: readonly FeedItem[];

  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
    recorded = await tidings.record(...drafts);
    items = await tidings.items(recorded);
  });
  afterAll(() => database.drop());

  test("are counted by type as the payloads themselves are", async () => {
    expect(sorted(countsOf(recorded.map(({ account, type }) => `${account} ${type}`)))).toEqual(
      sorted(tally.types),
    );
    for (const [key, count] of tally.types) {
      const [account, type] = split(key);
      expect(await tidings.events.count({ account, types: [type], lanes }), key).toBe(count);
    }
  });

  test("are read as good English", async () => {
    const lines = items.map((item, index) => {
      const delivery = recorded[index]!.metadata.delivery as string;
      return `${delivery.padEnd(34)} ${item.severity.padEnd(8)} ${item.type.padEnd(42)} ${item.text}`;
    });
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("sentences.txt");
  });

  test("name who did what to what, and never a hole", () => {
    for (const { text, actor, subject, type } of items) {
      expect(text, type).not.toMatch(/undefined|null|\[object|NaN|^$/);
      expect(text, type).toContain(actor.label);
      expect(text, type).toContain(subject.label ?? subject.id);
    }
  });

  test("are written by their sentences, not by the fallback", () => {
    expect(items.filter(({ type }) => tidings.registry.find(type)?.sentence === undefined)).toEqual([]);
    expect(recorded.filter(({ problem }) => problem !== null)).toEqual([]);
  });

  test("are on exactly the timelines of the entities in the payloads", async () => {
    const found = new Map<string, number>();
    for (const key of tally.timelines.keys()) {
      const [account, entity] = split(key);
      const ids = await all((before) => tidings.timeline(entity, { account, before, limit: 50 }));
      expect(new Set(ids).size, key).toBe(ids.length);
      found.set(key, ids.length);
    }
    expect(sorted(found)).toEqual(sorted(tally.timelines));
    const rows = await database.db.query<{ count: string }>(
      "select count(*)::text as count from tidings.timeline",
    );
    expect(Number(rows[0]!.count), "no entity has a timeline that the payloads do not name").toBe(
      [...tally.timelines.values()].reduce((sum, count) => sum + count, 0),
    );
  });

  test("are in the feed of their owner and in no other", async () => {
    const found = new Map<string, number>();
    for (const account of tally.accounts.keys()) {
      const ids = await all((before) => tidings.feed({ account, before, lanes, limit: 50 }));
      found.set(account, new Set(ids).size);
    }
    expect(sorted(found)).toEqual(sorted(tally.accounts));
  });

  test("are found by their category", async () => {
    for (const [key, count] of tally.categories) {
      const [account, category] = split(key);
      expect(await tidings.events.count({ account, categories: [category], lanes }), key).toBe(count);
    }
  });

  test("happened when the payload says, or now", () => {
    for (const [index, { occurredAt }] of recorded.entries()) {
      const given = drafts[index]!.occurredAt;
      const delivery = deliveries.find(({ id }) => id === recorded[index]!.metadata.delivery)!;
      if (given === undefined) expect(Date.now() - occurredAt.getTime()).toBeLessThan(3_600_000);
      else expect(timesIn(delivery.payload), delivery.id).toContain(occurredAt.getTime());
    }
    expect(drafts.filter(({ occurredAt }) => occurredAt).length, "payloads with a time of their own").toBe(
      213,
    );
  });

  test("sent again, add nothing and give the first events", async () => {
    const again = await tidings.record(...deliveries.flatMap(mapDelivery));
    expect(again.map(({ id }) => id)).toEqual(recorded.map(({ id }) => id));
    expect(await countEvents(database)).toBe(tally.total);
  });
});

describeOnDatabases("329 real payloads, one by one,", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;

  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
  });
  afterAll(() => database.drop());

  test("are recorded like a batch of them, and only once", async () => {
    for (let round = 1; round <= 2; round++) {
      const types: string[] = [];
      for (const delivery of deliveries) {
        for (const result of await tidings.recordEach(mapDelivery(delivery))) {
          if (!result.ok) throw result.error;
          types.push(`${result.event.account} ${result.event.type}`);
        }
      }
      expect(sorted(countsOf(types))).toEqual(sorted(tally.types));
      expect(await countEvents(database)).toBe(tally.total);
    }
  });
});

async function countEvents({ db }: TestDatabase): Promise<number> {
  const rows = await db.query<{ count: string }>("select count(*)::text as count from tidings.events");
  return Number(rows[0]!.count);
}

/** Accounts hold no space here. */
function split(key: string): [account: string, rest: string] {
  const space = key.indexOf(" ");
  return [key.slice(0, space), key.slice(space + 1)];
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Follows the pages to the end. */
async function all(
  page: (before: string | undefined) => Promise<{
    readonly items: readonly { readonly id: string }[];
    readonly older: string | null;
  }>,
): Promise<string[]> {
  const ids: string[] = [];
  let before: string | undefined;
  do {
    const { items, older } = await page(before);
    ids.push(...items.map(({ id }) => id));
    before = older ?? undefined;
  } while (before !== undefined);
  return ids;
}

/** Every time that stands anywhere in a payload. */
function timesIn(value: unknown): number[] {
  if (typeof value === "number") return [value * 1_000];
  if (typeof value === "string") return /^\d{4}-\d\d-\d\d/.test(value) ? [Date.parse(value)] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(timesIn) : [];
}
