import type { Database, Queryable, Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { LONGER_LEASE_MS } from "../log/slotLease.ts";
import { laterValues, type SequenceValues } from "./clearedSequences.ts";
import type { ReplayTable } from "./replayTable.ts";
import type { Tally } from "./replayTally.ts";

/** A replay that this process holds. */
export interface HeldReplay {
  readonly id: string;
  readonly token: string;
  /** Everything up to here is replayed. */
  readonly position: number;
  readonly cleared: boolean;
  /** Where the sequences of the emptied tables stood; of those that it takes the place of, too. */
  readonly sequences: SequenceValues;
  readonly tally: Tally | null;
  /** It was begun before, by this process or another one. */
  readonly resumed: boolean;
}

export interface Claim {
  readonly id: string;
  readonly kind: "in_place" | "into";
  readonly account: string | null;
  readonly fingerprint: string;
  /** What is asked for, for people. */
  readonly request: object;
  readonly startedBy: object | null;
  readonly from: number;
  readonly restart: boolean;
  readonly leaseMs: number;
}

interface OpenReplay {
  id: string;
  account_id: string | null;
  fingerprint: string;
  position: number;
  cleared: boolean;
  sequences: string;
  tally: string;
  token: string;
  held: boolean;
  held_until: string;
}

/** How long another process waits for one that died without a word, unless told otherwise: three renewals fit in it. */
export const LEASE_MS = 10_000;

/**
 * As SQL: a process holds the replay of this row, where leases last `leaseMs`. A lease that ends later than any lasts was given before
 * the database's clock was set back: see slotLease.ts.
 */
export const isHeld = (leaseMs: string) => `lease_until > clock_timestamp()
       and lease_until <= clock_timestamp() + (${leaseMs} + ${LONGER_LEASE_MS}) * interval '1 ms'`;

// One that rebuilds every account's tables is in the way of each, and the other way round. Locked, because a process that was
// slow may be committing a checkpoint: its place is what counts, and its lease.
const OPEN = (table: ReplayTable) => `
select id::text, account_id, fingerprint, position::float8, cleared, sequences::text, tally::text, lease_token::text as token,
       ${isHeld("$3::float8")} as held, lease_until::text as held_until
  from ${table}
 where kind = $1 and state in ('running', 'failed') and (kind = 'into' or account_id is null or $2::text is null or account_id = $2)
 order by started_at, id for update`;

const INSERT = (table: ReplayTable) => `
insert into ${table} (id, kind, account_id, fingerprint, request, started_by, from_position, position, lease_until, sequences)
values ($1::uuid, $2, $3, $4, $5::text::jsonb, $6::text::jsonb, $7::bigint, $7::bigint, clock_timestamp() + $8::float8 * interval '1 ms',
        $9::text::jsonb)`;

const RESUME = (table: ReplayTable) => `
update ${table} set state = 'running', failure = null, cancel_requested = false, lease_token = lease_token + 1,
       lease_until = clock_timestamp() + $2::float8 * interval '1 ms'
 where id = $1::uuid returning lease_token::text as token`;

/**
 * Begins a replay, or goes on with the same one. Where a process holds what is to be continued, or begun anew, says until when, so that
 * the caller can see whether that process is alive.
 */
export async function claimReplay(
  db: Database,
  table: ReplayTable,
  claim: Claim,
): Promise<HeldReplay | { readonly id: string; readonly heldUntil: string }> {
  return db.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('${table}', 0))`);
    const open = await tx.query<OpenReplay>(OPEN(table), [claim.kind, claim.account, claim.leaseMs]);
    const [first] = open;
    const isSame = first?.fingerprint === claim.fingerprint && first.account_id === claim.account;
    if (first && !claim.restart && !(isSame && open.length === 1)) throw underWay(first);
    const held = open.find((row) => row.held);
    if (held) return { id: held.id, heldUntil: held.held_until };
    if (first && !claim.restart) return resume(tx, table, first, claim);
    for (const { id, token } of open) await endReplay(tx, table, { id, token }, "cancelled");
    const { id, kind, account, fingerprint, request, startedBy, from, leaseMs } = claim;
    const written = [JSON.stringify(request), startedBy && JSON.stringify(startedBy)];
    const sequences = open.map((row) => sequencesOf(row)).reduce(laterValues, {});
    if (kind === "in_place") await tx.query("update tidings.replay_gate set begun = begun + 1");
    const kept = JSON.stringify(sequences);
    await tx.query(INSERT(table), [id, kind, account, fingerprint, ...written, String(from), leaseMs, kept]);
    return { id, token: "1", position: from, cleared: false, sequences, tally: null, resumed: false };
  });
}

async function resume(
  tx: Transaction,
  table: ReplayTable,
  row: OpenReplay,
  { leaseMs }: Claim,
): Promise<HeldReplay> {
  const [renewed] = await tx.query<{ token: string }>(RESUME(table), [row.id, leaseMs]);
  const { id, position, cleared } = row;
  const tally = JSON.parse(row.tally) as Tally | Record<string, never>;
  return {
    id,
    token: renewed!.token,
    position,
    cleared,
    sequences: sequencesOf(row),
    tally: "counts" in tally ? (tally as Tally) : null,
    resumed: true,
  };
}

function sequencesOf({ sequences }: OpenReplay): SequenceValues {
  return JSON.parse(sequences) as SequenceValues;
}

function underWay({ id, account_id, held }: OpenReplay): TidingsError {
  const what = `The replay ${id} of ${account_id === null ? "every account" : `account "${account_id}"`}`;
  const detail = `${what} is not finished: call it again as it was, cancel it, or pass restart: true`;
  return new TidingsError("REPLAY_UNDER_WAY", { detail: held ? `${what} is running` : detail });
}

/** Notes where sequences stood, in the transaction that sets them back. */
export async function keepSequences(
  tx: Queryable,
  table: ReplayTable,
  { id, token }: Pick<HeldReplay, "id" | "token">,
  sequences: SequenceValues,
): Promise<void> {
  const kept = JSON.stringify(sequences);
  await tx.query(
    `update ${table} set sequences = $3::text::jsonb where id = $1::uuid and lease_token = $2::bigint`,
    [id, token, kept],
  );
}

/** What a checkpoint says. */
export interface Checkpoint {
  readonly position: number;
  readonly until: number;
  readonly cleared: boolean;
  readonly tally: Tally;
}

const CHECKPOINT = (table: ReplayTable) => `
update ${table} set position = $3::bigint, until_position = $4::bigint, cleared = $5, tally = $6::text::jsonb,
       lease_until = clock_timestamp() + $7::float8 * interval '1 ms'
 where id = $1::uuid and lease_token = $2::bigint and state = 'running' returning cancel_requested as cancelled`;

/** Notes how far the replay has come, with what it has written. Throws REPLAY_CANCELLED, or REPLAY_UNDER_WAY when another process took it over. */
export async function checkpointReplay(
  tx: Queryable,
  table: ReplayTable,
  { id, token }: Pick<HeldReplay, "id" | "token">,
  { position, until, cleared, tally }: Checkpoint,
  leaseMs: number,
): Promise<void> {
  const progress = [String(position), String(until), cleared, JSON.stringify(tally), leaseMs];
  const [row] = await tx.query<{ cancelled: boolean }>(CHECKPOINT(table), [id, token, ...progress]);
  if (row?.cancelled) throw new TidingsError("REPLAY_CANCELLED", { detail: id });
  if (!row) throw new TidingsError("REPLAY_UNDER_WAY", { detail: `Another process took ${id} over` });
}

/** Keeps others from taking it over while a batch takes long. */
export async function renewReplay(
  on: Queryable,
  table: ReplayTable,
  { id, token }: Pick<HeldReplay, "id" | "token">,
  leaseMs: number,
): Promise<void> {
  await on.query(
    `update ${table} set lease_until = clock_timestamp() + $3::float8 * interval '1 ms'
      where id = $1::uuid and lease_token = $2::bigint and state = 'running'`,
    [id, token, leaseMs],
  );
}

/** Lets go of a replay that is not finished: the same call goes on at once. */
export async function releaseReplay(
  on: Queryable,
  table: ReplayTable,
  { id, token }: Pick<HeldReplay, "id" | "token">,
  failure: object | null,
): Promise<void> {
  await on.query(
    `update ${table} set lease_until = clock_timestamp(), failure = $3::text::jsonb,
            state = case when $3::text is null then state else 'failed' end
      where id = $1::uuid and lease_token = $2::bigint and state = 'running'`,
    [id, token, failure && JSON.stringify(failure)],
  );
}

export async function endReplay(
  on: Queryable,
  table: ReplayTable,
  { id, token }: Pick<HeldReplay, "id" | "token">,
  state: "done" | "cancelled",
): Promise<void> {
  await on.query(
    `update ${table} set state = $3, ended_at = clock_timestamp(), lease_until = clock_timestamp()
      where id = $1::uuid and lease_token = $2::bigint`,
    [id, token, state],
  );
}
