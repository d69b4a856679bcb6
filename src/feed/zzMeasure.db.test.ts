import { test } from "vitest";
import { aMove, ann, ben, events } from "../../test/support/boardEvents.ts";
import { createTestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings } from "../tidings.ts";
import { normalFilter } from "../events/filter.ts";
import { recordedEvent } from "../events/recordedEvent.ts";
import { findEvents } from "../log/findEvents.ts";
import { readEvents } from "../log/readEvents.ts";
import { groupKey } from "./groupKey.ts";
import { feedGroup } from "./feedGroup.ts";
import { foldGroups } from "./foldGroups.ts";
import { loadPresent } from "./presentEntities.ts";
test("measure", async () => {
  const database = await createTestDatabase();
  const tidings = createTidings({ db: database.db, events });
  for (let run = 0; run < 8; run++)
    await tidings.run({ account: "a", actor: ann }, () =>
      tidings.record(...Array.from({ length: 1000 }, (_, i) => ({ ...aMove(i), actor: i % 3 ? { ...ann, id: `u${i % 400}` } : ben }))));
  const time = async (name: string, work: () => unknown) => {
    for (let i = 0; i < 20; i++) await work();
    const times: number[] = [];
    for (let i = 0; i < 100; i++) { const t = performance.now(); await work(); times.push(performance.now() - t); }
    times.sort((a, b) => a - b);
    console.log(name, "p50", times[50]!.toFixed(1), "p90", times[90]!.toFixed(1));
  };
  await database.pool.query("analyze");
  const registry = tidings.registry;
  const filter = normalFilter({}, "a", registry);
  const { keys } = await findEvents(database.db, filter, { limit: 251 });
  const stored = await readEvents(database.db, keys.slice(0, 250));
  const evs = stored.map((e) => recordedEvent(e, registry));
  const keyOf = (e: (typeof evs)[number]) => groupKey(e, registry);
  const folded = foldGroups(evs, keyOf, 50);
  const present = await loadPresent([], registry);
  await time("feed 50", () => tidings.feed({ account: "a" }));
  await time("find", () => findEvents(database.db, filter, { limit: 251 }));
  await time("read 250", () => readEvents(database.db, keys.slice(0, 250)));
  await time("read 75", () => readEvents(database.db, keys.slice(0, 75)));
  await time("keys", () => evs.map(keyOf));
  await time("groups", () => folded.groups.map((g) => feedGroup(g.key, g.events, false, registry, present, registry.languages.own)));
  await time("grouped 50", () => tidings.groupedFeed({ account: "a" }));
  const page = await tidings.groupedFeed({ account: "a" });
  const big = page.groups.toSorted((a, b) => b.count - a.count)[0]!;
  const alike = { ...filter, actors: ["user:ben"], types: ["card.moved", "card_moved"], severities: ["info"] as const };
  await time("find alike", () => findEvents(database.db, alike, { after: big.id, before: big.latest.id, limit: 1000 }));
  await time("find alike, one type", () => findEvents(database.db, { ...alike, types: ["card.moved"] }, { after: big.id, before: big.latest.id, limit: 1000 }));
  await time("find of, no severity", () => findEvents(database.db, { ...filter, of: ["user:ben"] }, { after: big.id, before: big.latest.id, limit: 1000 }));
  console.log((await findEvents(database.db, alike, { after: big.id, before: big.latest.id, limit: 1000 })).keys.length);
  await time("get", () => readEvents(database.db, ["domain", "change", "client", "system"].map((lane) => ({ account: "a", lane: lane as "domain", id: big.id }))));
  await time(`group of ${big.count}`, () => tidings.group(big.id, { account: "a", newest: big.latest.id }));
  await time(`group of ${big.count}, grown`, () => tidings.group(big.id, { account: "a" }));
  await database.drop();
}, 120_000);
