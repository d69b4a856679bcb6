import { afterAll, beforeAll, expect, test } from "vitest";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { lanes } from "../events/defineEvent.ts";
import { readEvents, type EventKey } from "./readEvents.ts";

let opened: PostgresTestDatabase;
const stored: EventKey[] = [];
beforeAll(async () => {
  opened = await createTestDatabase();
  for (const month of [-14, -13, -13, -1, 0, 0]) {
    for (const lane of lanes) {
      for (const account of ["acme", "globex"]) {
        const now = new Date();
        const at = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month, 15);
        stored.push({
          account,
          lane,
          id: await insertRawEvent(opened.db, { account, lane, id: uuid7At(at) }),
        });
      }
    }
  }
});
afterAll(() => opened.drop());

const keysOf = (events: readonly EventKey[]) =>
  events.map(({ account, lane, id }) => ({ account, lane, id }));

test("finds each event by its key, whatever accounts, lanes and months are mixed, in the order of the keys", async () => {
  for (const account of ["acme", "globex", undefined]) {
    for (const lane of [...lanes, undefined]) {
      const keys = stored
        .filter((key) => (account ?? key.account) === key.account && (lane ?? key.lane) === key.lane)
        .toReversed();
      expect(keysOf(await readEvents(opened.db, keys))).toEqual(keys);
    }
  }
});

test("leaves out keys whose account, lane or id is another", async () => {
  const [acme, globex] = [stored[0]!, stored[1]!];
  const wrong: EventKey[] = [
    { ...acme, account: "globex" },
    { ...globex, account: "acme" },
    { ...acme, lane: "system" },
    { ...acme, id: uuid7At(Date.now()) },
  ];
  expect(await readEvents(opened.db, wrong)).toEqual([]);
  for (const key of wrong) expect(await readEvents(opened.db, [key])).toEqual([]);
});
