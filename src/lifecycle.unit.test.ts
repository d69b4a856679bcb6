import { expect, test } from "vitest";
import { events } from "../test/support/boardEvents.ts";
import type { Database } from "./db/database.ts";
import { createTidings } from "./tidings.ts";

const touched = () => expect.unreachable("the database was touched");
const db: Database = {
  driver: "none",
  concurrent: true,
  query: touched,
  transaction: touched,
  adopt: touched,
};
const tidings = createTidings({ db, events });
const { subscriptions } = tidings;
const never = (value: unknown) => value as never;

test.each<[call: string, path: (string | number)[], run: () => Promise<unknown>]>([
  ['work({ forMs: "10s" })', ["forMs"], () => tidings.work(never({ forMs: "10s" }))],
  ["work({ forMs: NaN })", ["forMs"], () => tidings.work({ forMs: NaN })],
  ["work({ forMs: 0 })", ["forMs"], () => tidings.work({ forMs: 0 })],
  ["work({ ms })", ["ms"], () => tidings.work(never({ ms: 10 }))],
  ["work(10)", [], () => tidings.work(never(10))],
  ["start({ wroker })", ["wroker"], () => tidings.start(never({ wroker: false }))],
  ["start({ worker: 0 })", ["worker"], () => tidings.start(never({ worker: 0 }))],
  ["migrate({ approle })", ["approle"], () => tidings.migrate(never({ approle: "app" }))],
  ["migrate({ appRole: 5 })", ["appRole"], () => tidings.migrate(never({ appRole: 5 }))],
  ["parked(limit: NaN)", ["limit"], () => subscriptions.parked("x", { limit: NaN })],
  ["parked(limit: 0)", ["limit"], () => subscriptions.parked("x", { limit: 0 })],
  ["parked(after: 1.5)", ["after"], () => subscriptions.parked("x", { after: 1.5 })],
  ["parked(page)", ["page"], () => subscriptions.parked("x", never({ page: 2 }))],
  ["retry([1.5])", ["positions"], () => subscriptions.retry("x", [1.5])],
  ["retry(5)", ["positions"], () => subscriptions.retry("x", never(5))],
])("%s is refused before the database is touched", async (_call, path, run) => {
  await expect(run()).rejects.toMatchObject({ code: "INVALID_OPTION", path });
});
