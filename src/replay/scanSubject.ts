import { textArray, type Queryable } from "../db/database.ts";
import type { EventKey } from "../log/readEvents.ts";
import { readActions } from "./actionRecord.ts";
import type { Scan, ScannedEvent, ScannedPage } from "./scanActions.ts";

/** Events a read. At 1 KiB an event two pages are 1 MB. */
const PAGE = 500;

const POSITIONS = `
select array_to_string(positions, ',') as positions, gone::float8 as gone
  from tidings.replay_of_subject($1::bigint, $2::bigint, $3, $4, $5, $6::text[], $7::uuid, $8::pg_snapshot)`;

/**
 * Reads what a replay may want of one subject, in order. Of its account nothing else is read: only its positions are held, 8 bytes an
 * event.
 */
export async function* scanSubject(
  log: Queryable,
  scan: Scan,
  { account, subject }: { readonly account: string; readonly subject: string },
): AsyncGenerator<ScannedPage, void, undefined> {
  const colon = subject.indexOf(":");
  const [found] = await log.query<{ positions: string; gone: number | null }>(POSITIONS, [
    String(scan.after),
    String(scan.upTo),
    account,
    subject.slice(0, colon),
    subject.slice(colon + 1),
    textArray(scan.routed),
    scan.before,
    scan.seen,
  ]);
  const { positions: text, gone } = found!;
  if (gone !== null) return yield { events: [], scannedTo: scan.after, gone: [gone] };
  const positions = text === "" ? [] : text.split(",").map(Number);
  let page = readPage(log, positions.slice(0, PAGE));
  for (let next = PAGE; next < positions.length; next += PAGE) {
    const events = await page;
    page = readPage(log, positions.slice(next, next + PAGE));
    page.catch(() => undefined); // a caller that ends early does not wait for it
    yield { events, scannedTo: positions[next - 1]!, gone: [] };
  }
  yield { events: await page, scannedTo: scan.upTo, gone: [] };
}

const KEYS = `
select pos::float8 as position, account_id as account, lane, event_id::text as id
  from tidings.event_order where pos = any ($1::text[]::bigint[]) order by pos`;

async function readPage(log: Queryable, positions: readonly number[]): Promise<ScannedEvent[]> {
  if (positions.length === 0) return [];
  const wanted = [textArray(positions.map(String))];
  const keys = await log.query<EventKey & { position: number }>(KEYS, wanted);
  const events = new Map((await readActions(log, keys)).map((event) => [event.id, event]));
  return keys.flatMap(({ id, position }) => {
    const event = events.get(id);
    return event ? [{ ...event, position }] : [];
  });
}

/** The account of a log that has only one: a single-tenant app need not name it. Null where there are several, or none. */
export async function onlyAccount(log: Queryable): Promise<string | null> {
  const [row] = await log.query<{ first: string | null; last: string | null }>(
    `select (select account_id from tidings.event_order order by account_id limit 1) as first,
            (select account_id from tidings.event_order order by account_id desc limit 1) as last`,
  );
  return row!.first === row!.last ? row!.first : null;
}
