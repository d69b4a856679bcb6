import { readdir } from "node:fs/promises";
import { expect, inject, test } from "vitest";
import {
  aMove,
  ann,
  ben,
  card,
  cardMoved,
  events,
  pageViewed,
  page,
} from "../../test/support/boardEvents.ts";
import { createClock } from "./clock.ts";
import { createTestTidings, type TestTidingsOptions } from "./createTestTidings.ts";
import { expectNothingRecorded, expectRecorded } from "./expectRecorded.ts";
import { nextEvent } from "./nextEvent.ts";

const cacheDirectory = inject("sharedDirectory");
const open = (options: Partial<TestTidingsOptions> = {}) =>
  createTestTidings({ events, account: "acme", actor: ann, cacheDirectory, ...options });

test("a test tidings is migrated, empty and its own", async () => {
  await using first = await open();
  await using second = await open();
  await first.record(aMove());
  await expectRecorded(first, cardMoved, { times: 1 });
  await expectNothingRecorded(second);
});

test("the app's own tables and transactions are on the same database", async () => {
  await using tidings = await open();
  await tidings.pglite.exec("create table cards (id text primary key)");
  await tidings.pglite.transaction(async (tx) => {
    await tx.query("insert into cards values ('1')");
    await tidings.record(tx, aMove());
  });
  await expectRecorded(tidings, cardMoved, { subject: card(1) });
});

test("nobody acts unless the test, the draft or the context says who", async () => {
  await using tidings = await open({ actor: undefined });
  await expect(tidings.record(aMove())).rejects.toMatchObject({ code: "ACTOR_MISSING" });
  await using withActor = await open();
  const [byDefault] = await withActor.record(aMove());
  const [byContext] = await withActor.run({ actor: ben }, () => withActor.record(aMove()));
  const [byDraft] = await withActor.record({ ...aMove(), actor: ben });
  expect([byDefault, byContext, byDraft].map((event) => event?.actor.id)).toEqual(["ann", "ben", "ben"]);
});

test("the clock gives the time of what is recorded, however it is recorded", async () => {
  const clock = createClock("2020-01-01T00:00:00Z");
  await using tidings = await open({ clock });
  const [first] = await tidings.record(aMove());
  clock.advance({ days: 1 });
  const [second] = await tidings.recordEach([aMove()]);
  const own = new Date("2019-06-01T00:00:00Z");
  const [third] = await tidings.record({ ...aMove(), occurredAt: own });
  tidings.track(pageViewed({ subject: page("home") }));
  await tidings.flush();
  const [tracked] = (await tidings.events.list(pageViewed)).items;
  expect(first.occurredAt).toEqual(new Date("2020-01-01T00:00:00Z"));
  expect(second).toMatchObject({ ok: true, event: { occurredAt: new Date("2020-01-02T00:00:00Z") } });
  expect(third.occurredAt).toEqual(own);
  expect(tracked!.occurredAt).toEqual(new Date("2020-01-02T00:00:00Z"));
});

test("a subscription runs after start, and records by the same clock", async () => {
  const clock = createClock("2020-01-01T00:00:00Z");
  await using tidings = await open({ clock });
  tidings.subscribe("follow-up", {
    types: [cardMoved],
    run: async ([event], { tx }) => {
      if (event!.causeDepth === 0) await tidings.record(tx, { ...aMove("follow-up"), actor: ben });
    },
  });
  await tidings.start();
  const followUp = nextEvent(tidings, cardMoved, { subjects: ["card:follow-up"] });
  const [cause] = await tidings.record(aMove());
  expect(await followUp).toMatchObject({ occurredAt: clock.now(), causedBy: { id: cause.id } });
});

test("what was prepared is kept for other processes, and a spoilt copy is replaced", async () => {
  const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const directory = await mkdtemp(join(tmpdir(), "tidings-kit-"));
  try {
    await writeFile(join(directory, "tidings-kept.tar"), "spoilt");
    const tidings = await open({ schema: "kept", cacheDirectory: directory });
    await tidings.record(aMove());
    await expectRecorded(tidings, cardMoved);
    await tidings.close();
    expect(await readdir(directory)).toEqual(["tidings-kept.tar"]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test("closing twice is closing once", async () => {
  const tidings = await open();
  await tidings.start();
  await tidings.close();
  await tidings.close();
});
