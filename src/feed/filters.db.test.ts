import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ann,
  ben,
  board,
  card,
  cardAdded,
  cardMoved,
  column,
  commentAdded,
  events,
  page,
  pageViewed,
  syncFailed,
} from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import type { Draft } from "../events/draft.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Viewer } from "../events/viewer.ts";
import { createMatcher } from "../log/matchFilter.ts";
import { createTidings, type Tidings } from "../tidings.ts";

const accounts = ["acme", "acme2", "other"];
const ids = fc.constantFrom("1", "2");
const someone = fc.constantFrom(ann, ben, { type: "job", id: "1", label: null });
const severity = fc.constantFrom("info", "warning", "error");
/** One key is a person, one a group, and one looks like an array of PostgreSQL. */
const audienceKey = fc.constantFrom("user:ann", "user:ben", "team:1", "admins", `{"a,b",NULL}`);

const draft: fc.Arbitrary<Draft> = fc
  .tuple(
    fc.oneof(
      ids.map((id) => cardAdded({ subject: card(id), refs: { board: board("1") } })),
      fc.tuple(ids, ids, fc.constantFrom(null, board("2"))).map(([id, from, on]) =>
        cardMoved({
          subject: card(id),
          refs: { from: column(from), to: column("3"), board: on },
          data: { position: 1 },
        }),
      ),
      fc
        .tuple(ids, fc.subarray([ann, ben]))
        .map(([id, mentioned]) =>
          commentAdded({ subject: card(id), refs: { mentioned }, data: { text: "hi" } }),
        ),
      ids.map((id) => pageViewed({ subject: page(id) })),
      ids.map((id) => syncFailed({ subject: board(id) })),
    ),
    fc.record({
      account: fc.constantFrom(...accounts),
      actor: someone,
      onBehalfOf: fc.option(someone),
      severity: fc.option(severity, { nil: undefined }),
      audience: fc.option(fc.uniqueArray(audienceKey, { minLength: 1, maxLength: 3 })),
    }),
  )
  .map(([made, common]) => ({ ...made, ...common }) as Draft);

const subjectOf = fc.constantFrom("card:1", "card:2", "board:1", "page:1", "card:9");
const actorOf = fc.constantFrom("user:ann", "user:ben", "job:1", "card:1");
const entity = fc.oneof(subjectOf, actorOf, fc.constantFrom("board:2", "column:2", "column:3"));
const typeOf = fc.constantFrom(
  "card.moved",
  "card_moved",
  "card.*",
  "*",
  "page.viewed",
  "comment.added",
  "card.flown",
  "nothing.*",
  cardAdded,
  syncFailed,
);
const some = <Value>(value: fc.Arbitrary<Value>) => fc.uniqueArray(value, { minLength: 1, maxLength: 3 });

const viewer: fc.Arbitrary<Viewer> = fc.record({
  type: fc.constant("user"),
  id: fc.constantFrom("ann", "ben", "cat"),
  audiences: fc.option(fc.uniqueArray(audienceKey, { maxLength: 2 }), { nil: undefined }),
});

type AccountFilter = EventFilter & { account: string };

/** Up to three fields at once: with more of them most filters match nothing, and prove nothing. */
function filterOf(times: readonly number[]): fc.Arbitrary<AccountFilter> {
  const moment = fc.constantFrom(...times).map((time) => new Date(time));
  const fields: Record<string, fc.Arbitrary<unknown>> = {
    of: fc.oneof(entity, some(entity)),
    types: some(typeOf),
    categories: some(fc.constantFrom("card", "page", "sync", "comment", "nothing")),
    actors: some(actorOf),
    subjects: some(subjectOf),
    subjectTypes: some(fc.constantFrom("card", "board", "page", "user")),
    lanes: some(fc.constantFrom("domain", "client", "system", "change")),
    severities: some(severity),
    since: moment,
    until: moment,
    viewer,
  };
  return fc
    .subarray(Object.keys(fields), { maxLength: 3 })
    .chain((names) =>
      fc.record({
        account: fc.constantFrom(...accounts),
        ...Object.fromEntries(names.map((name) => [name, fields[name]!])),
      }),
    )
    .map((filter) => filter as AccountFilter)
    .filter(({ since, until }) => !since || !until || since < until);
}

/** What a filter means, in words of its own: neither the SQL nor the code of the live stream. */
function isMeant(event: RecordedEvent, filter: AccountFilter): boolean {
  const key = ({ type, id }: { type: string; id: string }) => `${type}:${id}`;
  const refs = Object.values(event.refs as Record<string, never>).flat() as ({
    type: string;
    id: string;
  } | null)[];
  const about = [event.subject, event.actor, event.onBehalfOf, ...refs].flatMap((ref) =>
    ref ? [key(ref)] : [],
  );
  const time = Number.parseInt(event.id.replace("-", "").slice(0, 12), 16);
  const isType = (wanted: unknown) => {
    const name = typeof wanted === "string" ? wanted : (wanted as { type: string }).type;
    if (name === "*") return true;
    if (name.endsWith(".*")) return event.type.startsWith(name.slice(0, -1));
    return event.type === (name === "card_moved" ? "card.moved" : name);
  };
  return (
    event.account === filter.account &&
    (filter.lanes ?? ["domain"]).includes(event.lane) &&
    (!filter.of || [filter.of].flat().some((wanted) => about.includes(wanted as string))) &&
    (!filter.types || filter.types.some(isType)) &&
    (!filter.categories || filter.categories.some((category) => event.type.split(".")[0] === category)) &&
    (!filter.actors || filter.actors.includes(key(event.actor))) &&
    (!filter.subjects || filter.subjects.includes(key(event.subject))) &&
    (!filter.subjectTypes || filter.subjectTypes.includes(event.subject.type)) &&
    (!filter.viewer || isFor(filter.viewer, event.audience)) &&
    (!filter.severities || filter.severities.includes(event.severity)) &&
    (!filter.since || time >= filter.since.getTime()) &&
    (!filter.until || time < filter.until.getTime())
  );
}

function isFor({ type, id, audiences = [] }: Viewer, audience: readonly string[] | null): boolean {
  return audience === null || [`${type}:${id}`, ...audiences].some((key) => audience.includes(key));
}

describeOnDatabases("filters", (open, { name }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let recorded: RecordedEvent[];
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
    const drafts = fc.sample(fc.array(draft, { minLength: 40, maxLength: 40 }), { numRuns: 6, seed: 5 });
    recorded = [];
    // Several calls, so that times differ.
    for (const call of drafts) recorded.push(...(await tidings.record(...call)));
  }, 120_000);
  afterAll(() => database.drop());

  test("a list holds what its filter means, no more, no less, and never a row of another account", async () => {
    const times = recorded.map(({ id }) => Number.parseInt(id.replace("-", "").slice(0, 12), 16));
    const filters = filterOf([...times, Math.min(...times) - 1, Math.max(...times) + 1]);
    let matched = 0;
    let looked = 0;
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const meant = recorded.filter((event) => isMeant(event, filter)).map(({ id }) => id);
        meant.sort().reverse();
        looked++;
        if (meant.length > 0) matched++;
        const { items } = await tidings.events.list({ ...filter, limit: 200 });
        expect(items.map(({ id }) => id)).toEqual(meant.slice(0, 200));
        expect(await tidings.events.count(filter)).toBe(meant.length);
        const matches = createMatcher(normalFilter(filter, filter.account, tidings.registry));
        expect(
          recorded
            .filter((event) => matches(event as never))
            .map(({ id }) => id)
            .sort(),
        ).toEqual(meant.sort());
      }),
      { numRuns: name === "pglite" ? 60 : 300, interruptAfterTimeLimit: 20_000 },
    );
    expect(matched, "filters that match something").toBeGreaterThan(looked / 3);
  });

  test("a live stream and a run by position hold what their filter means, each event once", async () => {
    await tidings.work();
    const { position: last } = await tidings.feed({ account: "acme" });
    await fc.assert(
      fc.asyncProperty(filterOf([0, Date.now() + 60_000]), async (filter) => {
        const meant = recorded.filter((event) => isMeant(event, filter)).map(({ id }) => id);
        const run = await tidings.events.read({ ...filter, limit: 1_000 });
        expect(run.events.map(({ id }) => id)).toEqual(meant);
        const streamed: string[] = [];
        for await (const { events: fresh, position } of tidings.liveRuns({ ...filter, after: 0 })) {
          streamed.push(...fresh.map(({ id }) => id));
          if (position >= last) break;
        }
        expect(streamed).toEqual(meant);
      }),
      { numRuns: name === "pglite" ? 10 : 50, interruptAfterTimeLimit: 20_000 },
    );
  });

  test("a timeline holds every event about its entity, in every lane, and no other", async () => {
    for (const about of ["card:1", "board:1", "user:ann", "page:2", "column:3", "card:9"]) {
      for (const account of accounts) {
        const lanes = ["domain", "change", "client", "system"] as const;
        const meant = recorded.filter((event) => isMeant(event, { account, of: about, lanes }));
        const { items } = await tidings.timeline(about, { account, limit: 200 });
        expect(items.map(({ id }) => id)).toEqual(
          meant
            .map(({ id }) => id)
            .sort()
            .reverse(),
        );
      }
    }
  });

  test("pages walked in either direction hold each event once, whatever the filter", async () => {
    const pageOf = fc.record({
      filter: filterOf([0, Date.now() + 60_000]),
      limit: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(pageOf, async ({ filter, limit }) => {
        const meant = recorded.filter((event) => isMeant(event, filter)).map(({ id }) => id);
        meant.sort().reverse();
        const down: string[] = [];
        let before: string | undefined;
        do {
          const { items, older } = await tidings.events.list({ ...filter, before, limit });
          down.push(...items.map(({ id }) => id));
          before = older ?? undefined;
        } while (before);
        expect(down).toEqual(meant);
        if (meant.length === 0) return;
        const up: string[] = [meant.at(-1)!];
        for (;;) {
          const { items, newer } = await tidings.events.list({ ...filter, after: up[0]!, limit });
          expect(newer).toBe(items[0]?.id ?? up[0]);
          if (items.length === 0) break;
          up.unshift(...items.map(({ id }) => id));
        }
        expect(up).toEqual(meant);
      }),
      { numRuns: name === "pglite" ? 10 : 30, interruptAfterTimeLimit: 20_000 },
    );
  });
});
