import type { Queryable } from "../db/database.ts";
import type { AttemptFailure } from "./failureWords.ts";
import type { HeaderList } from "./sendRequest.ts";

/** One HTTP request, as it was logged. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** As it was then. */
  readonly url: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Null when none came. */
  readonly status: number | null;
  /** Null for success. */
  readonly failure: AttemptFailure | null;
  /** For people. */
  readonly detail: string | null;
  /** Secrets and signatures are redacted. */
  readonly requestHeaders: HeaderList;
  readonly responseHeaders: HeaderList | null;
  /** The bytes as they came, never decoded: at most 16 KiB. */
  readonly responseBody: Buffer | null;
  /** The answer was longer than what was read or kept of it. */
  readonly truncated: boolean;
}

/** Somebody who resends in a loop must not make a page of a thousand tries, each with a body. */
const SHOWN = 100;

// The bytes travel as base64: they may be anything, a NUL included, which no text column takes.
const READ = `
select number, url, extract(epoch from started_at)::float8 * 1000 as started_ms, duration_ms, status, failure, detail,
       request_headers::text, response_headers::text, translate(encode(response_body, 'base64'), E'\\n', '') as response_body, truncated
  from tidings.attempts
 where account_id = $1 and delivery_id = $2::uuid
 order by number desc limit ${SHOWN}`;

interface AttemptRow {
  number: number;
  url: string;
  started_ms: number;
  duration_ms: number;
  status: number | null;
  failure: AttemptFailure | null;
  detail: string | null;
  request_headers: string;
  response_headers: string | null;
  response_body: string | null;
  truncated: boolean;
}

/** The last tries of a delivery, the newest last. */
export async function readAttempts(on: Queryable, account: string, delivery: string): Promise<Attempt[]> {
  return (await on.query<AttemptRow>(READ, [account, delivery])).map(attempt).reverse();
}

function attempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    url: row.url,
    startedAt: new Date(row.started_ms),
    durationMs: row.duration_ms,
    status: row.status,
    failure: row.failure,
    detail: row.detail,
    requestHeaders: JSON.parse(row.request_headers) as HeaderList,
    responseHeaders: row.response_headers === null ? null : (JSON.parse(row.response_headers) as HeaderList),
    responseBody: row.response_body === null ? null : Buffer.from(row.response_body, "base64"),
    truncated: row.truncated,
  };
}
