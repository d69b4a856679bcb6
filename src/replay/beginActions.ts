import type { Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Lane } from "../events/defineEvent.ts";
import { entityKey } from "../events/entity.ts";
import { isSameNow, type PresentFormDependencies } from "./actFingerprint.ts";
import { readActions } from "./actionRecord.ts";
import { defaultSeed, locksOf, type ActionLocks } from "./actLocks.ts";
import type { PreparedAct } from "./prepareAction.ts";

/** What the database gave an action to begin with. */
export interface BegunAct {
  /** Reserved for its event. */
  readonly id: string;
  /** The event that its idempotency key already stands for. */
  readonly held: { readonly lane: Lane; readonly id: string } | null;
}

export interface BeginOptions extends PresentFormDependencies {
  readonly locks: ActionLocks;
  /** How long an idempotency key holds. */
  readonly keepKeysSeconds: number;
}

type Row = {
  readonly id: string;
  readonly held: { readonly lane: Lane; readonly id: string; readonly fingerprint: string } | null;
  readonly version: number | null;
};

/** See 0011_actions.sql. */
const BEGIN = "select tidings.begin_actions($1::text, $2::text, $3::bigint, $4::text, $5::float8) as begun";

/**
 * Waits for the locks of acts of one account, claims their idempotency keys and reserves their ids, in one statement. Throws
 * REPLAY_UNDER_WAY, IDEMPOTENCY_CONFLICT, VERSION_CONFLICT.
 */
export async function beginActions(
  tx: Transaction,
  acts: readonly PreparedAct[],
  options: BeginOptions,
): Promise<BegunAct[]> {
  const { locks, keepKeysSeconds } = options;
  const { account } = acts[0]!.row;
  const wanted = acts.map(({ row, key, fingerprints, expectedVersion }) => ({
    lane: row.lane,
    key,
    fingerprint: fingerprints[0] ?? null,
    entity: entityKey(row.subject),
    expected: expectedVersion,
  }));
  const names = acts.flatMap(({ action, calls }) =>
    calls.map(({ lock }) => ({ action: action.type, name: lock })),
  );
  const [answer] = await tx.query<{ begun: string | null }>(
    BEGIN,
    [
      account,
      JSON.stringify(locksOf(account, names, locks)),
      String(BigInt.asIntN(64, locks.seed ?? defaultSeed)),
      JSON.stringify(wanted),
      keepKeysSeconds,
    ],
    { prepare: true },
  );
  if (!answer?.begun) throw new TidingsError("REPLAY_UNDER_WAY", { detail: `Account "${account}"` });
  const rows = JSON.parse(answer.begun) as Row[];
  await refuseConflicts(tx, acts, rows, options);
  return acts.map((act, index) => begunAct(act, rows[index]!));
}

/** Throws IDEMPOTENCY_CONFLICT where a key stands for something else. */
async function refuseConflicts(
  tx: Transaction,
  acts: readonly PreparedAct[],
  rows: readonly Row[],
  options: BeginOptions,
): Promise<void> {
  const others = acts.flatMap((act, index) => {
    const { held } = rows[index]!;
    return held === null || act.fingerprints.includes(held.fingerprint) ? [] : [{ act, held }];
  });
  const keys = others.map(({ act, held }) => ({ account: act.row.account, lane: held.lane, id: held.id }));
  const events = new Map((await readActions(tx, keys)).map((event) => [event.id, event]));
  for (const { act, held } of others) {
    const event = events.get(held.id);
    if (!event || !isSameNow(act, held.fingerprint, event, options))
      throw new TidingsError("IDEMPOTENCY_CONFLICT", { detail: `"${act.key}"`, path: ["idempotencyKey"] });
  }
}

function begunAct({ row, expectedVersion }: PreparedAct, { id, held, version }: Row): BegunAct {
  if (held !== null) return { id, held };
  if (expectedVersion !== null && version !== expectedVersion)
    throw versionConflict(row.subject, expectedVersion, version);
  return { id, held: null };
}

export function versionConflict(
  subject: PreparedAct["row"]["subject"],
  expected: number,
  found: number | null,
): TidingsError {
  const has = found === null ? "" : `, it has ${found}`;
  return new TidingsError("VERSION_CONFLICT", {
    detail: `${entityKey(subject)} was expected to have version ${expected}${has}`,
    path: ["expectedVersion"],
  });
}
