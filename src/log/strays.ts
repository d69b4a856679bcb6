import type { Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";

/** A part of the order in which there should be no event, or few. */
export interface Elsewhere {
  /** Of one account; null for all. */
  readonly account: string | null;
  /** Positions beyond this one … */
  readonly after: number;
  /** … and up to this one; null: to the end. */
  readonly upTo: number | null;
  /** Ids from this one on … */
  readonly low: string;
  /** … and before this one. */
  readonly high: string;
}

export interface Stray {
  readonly position: number;
  readonly lane: Lane;
  readonly id: string;
}

const STRAYS = `
select pos::float8 as position, lane, event_id::text as id
  from tidings.strays($1::text, $2::bigint, $3::bigint, $4::uuid, $5::uuid, $6::integer)`;

/**
 * The events that lie elsewhere in the order than their ids say, by position, at most `most` (null: all of them): positions are given at the
 * commit and ids made at the writing, so those of a transaction that was open for long are far apart. See 0004_reads.sql.
 */
export async function straysIn(
  on: Queryable,
  { account, after, upTo, low, high }: Elsewhere,
  most: number | null,
): Promise<readonly Stray[]> {
  const given = [account, String(after), String(upTo ?? Number.MAX_SAFE_INTEGER), low, high, most];
  return on.query<Stray>(STRAYS, given, { prepare: true });
}
