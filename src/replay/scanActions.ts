import { textArray, type Queryable } from "../db/database.ts";
import { ACTION_COLUMNS, storedAction, type ActionColumns, type StoredAction } from "./actionRecord.ts";
import { onlyAccount, scanSubject } from "./scanSubject.ts";

/** An action's event, or one of a routed type, with its place in the order. */
export interface ScannedEvent extends StoredAction {
  readonly position: number;
}

export interface Scan {
  /** Begins behind this position … */
  readonly after: number;
  /** … and ends with this one. */
  readonly upTo: number;
  /** Null: of every account. */
  readonly account: string | null;
  /** `type:id`. Null: of every subject. */
  readonly subject: string | null;
  /** Types that are wanted beside actions. */
  readonly routed: readonly string[];
  /** Only what was recorded before this id. Null: everything. */
  readonly before: string | null;
  /** Only what this snapshot sees (`pg_snapshot` as text). Null: everything. */
  readonly seen: string | null;
}

export interface ScannedPage {
  readonly events: readonly ScannedEvent[];
  /** Everything up to here was looked at. */
  readonly scannedTo: number;
  /** Positions whose events retention has taken. */
  readonly gone: readonly number[];
}

/** Positions a read. At 1 KiB an event two pages are 4 MB, whatever the log's size. */
const PAGE = 2_000;

const READ_PAGE = `
select e.pos::float8 as position, e.gone, ${ACTION_COLUMNS}
  from (select pos, gone, (event).* from tidings.replay_page($1::bigint, $2::bigint, $3::int, $4::text, $5::text[], $6::uuid, $7::pg_snapshot)) e
 order by e.pos, e.id nulls last`;

type PageRow = { position: number | null; gone: boolean } & {
  [Column in keyof ActionColumns]: ActionColumns[Column] | null;
};

/** Reads what a replay may want, in order. The next page is read while the caller works on this one. */
export async function* scanActions(log: Queryable, scan: Scan): AsyncGenerator<ScannedPage, void, undefined> {
  const { subject } = scan;
  const account = scan.account ?? (subject === null ? null : await onlyAccount(log));
  // Of several accounts each would have to be asked: then reading all of the log may be the shorter way.
  if (account !== null && subject !== null) return yield* scanSubject(log, scan, { account, subject });
  let page = await readPage(log, scan, scan.after);
  while (page.scannedTo < scan.upTo) {
    const next = readPage(log, scan, page.scannedTo);
    next.catch(() => undefined); // a caller that ends early does not wait for it
    yield page;
    page = await next;
  }
  yield page;
}

async function readPage(log: Queryable, scan: Scan, after: number): Promise<ScannedPage> {
  const rows = await log.query<PageRow>(READ_PAGE, [
    String(after),
    String(scan.upTo),
    PAGE,
    scan.account,
    textArray(scan.routed),
    scan.before,
    scan.seen,
  ]);
  // The last row of all has only the position that was looked at last: none where nothing was left.
  const last = rows.find(({ id, gone }) => id === null && !gone);
  const lookedAt = rows.length > 0 ? last?.position : null;
  return {
    events: rows.flatMap((row) =>
      row.id === null ? [] : [{ ...storedAction(row as ActionColumns), position: row.position! }],
    ),
    scannedTo: lookedAt ?? scan.upTo,
    gone: rows.flatMap(({ gone, position }) => (gone && position !== null ? [position] : [])),
  };
}
