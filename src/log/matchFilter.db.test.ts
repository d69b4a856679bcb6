import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { actionKinds, defineEvent, lanes, severities } from "../events/defineEvent.ts";
import { defineEntity, many, optional } from "../events/entity.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import { defineAction } from "../replay/defineAction.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { findEvents } from "./findEvents.ts";
import { createMatcher } from "./matchFilter.ts";
import { readAfter, type PositionedStoredEvent } from "./readPositions.ts";

const card = defineEntity("card");
const user = defineEntity("user");
const refs = { assignee: optional(user), mentioned: many(user) };
const events = {
  cardMoved: defineEvent("card.moved", { subject: card, refs }),
  cardClosed: defineEvent("card.closed", { subject: card, refs, aliases: ["card_closed"] }),
  userJoined: defineEvent("user.joined", { subject: user, refs, lane: "system" }),
};
const sortCards = defineAction("card.sort", {
  kind: "update",
  subject: () => card("1"),
  run: () => undefined,
});
const dropCards = defineAction("card.drop", {
  kind: "destroy",
  subject: () => card("2"),
  run: () => undefined,
});
const ids = ["1", "2", "3"];
const accounts = ["acme", "globex"];

let database: PostgresTestDatabase;
let tidings: Tidings;
let stored: readonly PositionedStoredEvent[];

beforeAll(async () => {
  database = await createTestDatabase();
  tidings = createTidings({ db: database.db, events, actions: { sortCards, dropCards } });
  const pick = <Value>(values: readonly Value[], n: number) => values[n % values.length]!;
  for (let n = 0; n < 90; n++) {
    const common = {
      account: pick(accounts, n),
      actor: user(pick(ids, n >> 1)),
      severity: pick(severities, n >> 2),
      onBehalfOf: n % 7 === 0 ? user(pick(ids, n >> 3)) : null,
      refs: {
        assignee: n % 3 === 0 ? user(pick(ids, n)) : null,
        mentioned: n % 5 === 0 ? [user("1"), user("3")] : [],
      },
    };
    await tidings.record(
      n % 4 === 0
        ? events.userJoined({ ...common, subject: user(pick(ids, n)) })
        : pick([events.cardMoved, events.cardClosed], n)({ ...common, subject: card(pick(ids, n)) }),
    );
  }
  for (let n = 0; n < 5; n++) {
    const common = { account: pick(accounts, n), actor: user(pick(ids, n)) };
    await tidings.perform(sortCards, {}, common);
    await tidings.perform(dropCards, {}, common);
  }
  await tidings.work();
  stored = (await readAfter(database.db, 0, 1_000)).events;
});
afterAll(() => database.drop());

const some = <Value>(values: readonly Value[]) =>
  fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined });
const entities = some(["card", "user"].flatMap((type) => ids.map((id) => `${type}:${id}`)));
const moment = fc.option(fc.nat({ max: 99 }), { nil: undefined });

test("a filter in memory finds what it finds in SQL", async () => {
  expect(stored).toHaveLength(100);
  const recordedAt = (index: number) =>
    new Date(Number.parseInt(stored[index]!.id.replace("-", "").slice(0, 12), 16));
  const filters = fc.record({
    account: fc.constantFrom(...accounts),
    of: entities,
    types: some(["card.moved", "card_closed", "card.*", "user.joined", "nothing.known"]),
    actors: entities,
    subjects: entities,
    subjectTypes: some(["card", "user"]),
    lanes: some(lanes),
    severities: some(severities),
    kinds: some(actionKinds),
    since: moment,
    until: moment,
  });
  await fc.assert(
    fc.asyncProperty(filters, async ({ since, until, ...rest }) => {
      const [from, to] =
        since !== undefined && until !== undefined && since >= until ? [until, since] : [since, until];
      const filter: EventFilter = { ...rest };
      if (from !== undefined) filter.since = recordedAt(from);
      if (to !== undefined && (from === undefined || recordedAt(to) > recordedAt(from)))
        filter.until = recordedAt(to);
      const normal = normalFilter(filter, rest.account, tidings.registry);
      const { keys } = await findEvents(database.db, normal, { limit: 200 });
      const inMemory = stored.filter(createMatcher(normal)).map(({ id }) => id);
      expect(inMemory.sort()).toEqual(keys.map(({ id }) => id).sort());
    }),
    { numRuns: 150 },
  );
});
