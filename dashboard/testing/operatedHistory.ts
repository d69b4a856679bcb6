import { randomBytes } from "node:crypto";
import type { Queryable } from "../../src/db/database.ts";
import type { TestTidings } from "../../src/testing/createTestTidings.ts";
import { account } from "./operatedServer.ts";

const DAY = 86_400_000;
const FIVE_MINUTES = 300_000;

/** A month behind the app: as many events of each type as a team makes, fewer on weekends. For pictures and for tests of charts. */
export async function insertMonth(tidings: TestTidings, now: number, ofAccount = account): Promise<void> {
  const perDay: readonly (readonly [type: string, lane: string, count: number])[] = [
    ["card.moved", "domain", 14],
    ["card.added", "domain", 6],
    ["comment.added", "domain", 9],
    ["card.closed", "domain", 4],
    ["invoice.paid", "domain", 2],
    ["page.viewed", "client", 21],
    ["job.failed", "system", 1],
  ];
  const rows = Array.from({ length: 30 }, (_, day) => day).flatMap((day) =>
    perDay.flatMap(([type, lane, count], index) =>
      Array.from({ length: busy(count, day, index, now) }, (_each, n) => ({
        type,
        lane,
        id: idAt(now - day * DAY - ((n * 7_919 + index * 3_571) % 1_300) * 60_000 - 60_000),
      })),
    ),
  );
  await tidings.db.query(
    `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                 actor_type, actor_id, actor_label, occurred_at, refs, data, metadata)
     select $1, e.lane, e.id::uuid, e.type, 1, 'info', 'card', '14', 'user', 'ann', 'Ann', now(), '{}', '{}', '{}'
       from json_to_recordset($2::text::json) as e (type text, lane text, id text)`,
    [ofAccount, JSON.stringify(rows)],
  );
  // Nobody shall be given a month of events: below the floor nothing gets a position.
  await tidings.db.query("update tidings.sequencer set floor_seq = (select max(seq) from tidings.events)");
}

/** What became of the last day's tries: mostly well, with an hour of trouble. `endpoint` is its id in the database. */
export async function insertDayOfTries(
  on: Queryable,
  endpoint: string,
  now: number,
  { each, troubleHoursAgo }: { readonly each: number; readonly troubleHoursAgo: number | null },
): Promise<void> {
  const rows = Array.from({ length: 287 }, (_, index) => {
    const at = Math.floor(now / FIVE_MINUTES) * FIVE_MINUTES - (index + 1) * FIVE_MINUTES;
    const hoursAgo = (now - at) / (DAY / 24);
    const tries = Math.max(
      0,
      Math.round(each * (1 + 0.7 * Math.sin(hoursAgo / 3.4)) + ((index * 7_919) % 5) - 2),
    );
    const trouble = troubleHoursAgo !== null && Math.abs(hoursAgo - troubleHoursAgo) < 0.8;
    const failed = trouble ? Math.ceil(tries / 3) : 0;
    const slow = trouble ? Math.ceil(tries / 2) : Math.round(tries / 25);
    return {
      since: new Date(at).toISOString(),
      delivered: tries - failed,
      failed,
      quick: tries - slow,
      slow,
    };
  });
  await on.query(
    `insert into tidings.endpoint_stats (account_id, endpoint_id, since, delivered, failed, total_ms, max_ms,
                                         up_to_50, up_to_100, up_to_500)
     select $1, $2::text::uuid, s.since, s.delivered, s.failed, 60 * s.quick, 460, s.quick / 2, s.quick - s.quick / 2, s.slow
       from json_to_recordset($3::text::json) as s (since timestamptz, delivered int, failed int, quick int, slow int)`,
    [account, endpoint, JSON.stringify(rows)],
  );
}

/** Between a third and twice as many: the same for everybody who runs this on the same day. */
function busy(count: number, day: number, index: number, now: number): number {
  const weekday = new Date(now - day * DAY).getUTCDay();
  const share = weekday === 0 || weekday === 6 ? 0.25 : 0.7 + ((day * 31 + index * 17) % 13) / 13;
  return Math.round(count * share);
}

function idAt(milliseconds: number): string {
  const time = Math.floor(milliseconds).toString(16).padStart(12, "0");
  const random = randomBytes(9).toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}
