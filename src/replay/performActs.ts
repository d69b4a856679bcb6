import type { Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { findCauseDepths } from "../events/causes.ts";
import type { ContextStore } from "../events/context.ts";
import { entityKeysOf } from "../events/entity.ts";
import { audienceOf, checkSize } from "../events/prepare.ts";
import { recordedEvent } from "../events/recordedEvent.ts";
import type { JsonObject } from "../events/serializable.ts";
import type { EventRow } from "../log/append.ts";
import { recordedAt } from "../log/eventId.ts";
import { readEvents } from "../log/readEvents.ts";
import type { Sealing } from "../sealing.ts";
import type { ActionData, SkippedItem } from "./actionRecord.ts";
import { beginActions, type BeginOptions, type BegunAct } from "./beginActions.ts";
import { subjectKey, type DoneAct } from "./doneAct.ts";
import { endActions, type EndOptions } from "./endActions.ts";
import { firstRun, type FirstRunDependencies, type RanOnce } from "./firstRun.ts";
import type { PreparedAct } from "./prepareAction.ts";
import { boundTo, sealData } from "./sensitive.ts";

export interface PerformActsDependencies extends FirstRunDependencies, BeginOptions, EndOptions {
  readonly contexts: ContextStore;
  readonly sealing: Sealing | null;
}

/** Performs acts of one account, in order, and writes their events after the last run's last write. All or none. */
export async function performActs(
  dependencies: PerformActsDependencies,
  tx: Transaction,
  acts: readonly PreparedAct[],
  within: string | null,
): Promise<DoneAct[]> {
  const begun = await beginActions(tx, acts, dependencies);
  const rows = await findCauseDepths(tx, acts);
  const ran: RanAct[] = [];
  for (const [index, act] of acts.entries()) {
    const { id, held } = begun[index]!;
    if (held === null)
      ran.push(await runAct(dependencies, tx, { ...act, row: rows[index]! }, { id, within }));
  }
  const written = ran.filter(({ row }) => row !== null) as (RanAct & { row: EventRow })[];
  const ended = new Map(
    (await endActions(tx, written, dependencies)).map((end, index) => [written[index]!.id, end]),
  );
  const done = new Map(ran.map((each) => [each.id, each]));
  return Promise.all(
    acts.map(async (act, index) => {
      const { id, held } = begun[index]!;
      if (held !== null) return repeatedAct(dependencies, tx, act, held);
      const { results, skipped, tracked, ...inside } = done.get(id)!;
      const { event = null, version = null } = ended.get(id) ?? {};
      const raised = event ? [...inside.raised, subjectKey(event)] : inside.raised;
      return { event, version, results, repeated: false, skipped, raised, tracked };
    }),
  );
}

interface RanAct extends Pick<DoneAct, "results" | "skipped" | "tracked" | "raised"> {
  readonly id: string;
  /** Null where every run skipped. */
  readonly row: EventRow | null;
  readonly expectedVersion: number | null;
  /** How many actions inside changed the same subject. */
  readonly raisedInside: number;
}

async function runAct(
  dependencies: PerformActsDependencies,
  tx: Transaction,
  act: PreparedAct,
  { id, within }: { readonly id: string; readonly within: string | null },
): Promise<RanAct> {
  const { action, row, calls, expectedVersion } = act;
  const { account, actor, onBehalfOf, metadata, lane } = row;
  const now = row.occurredAt === null ? new Date(recordedAt(id)) : new Date(row.occurredAt);
  const causedBy = { lane, id, account, causeDepth: row.cause?.depth ?? 0 };
  const runs: RanOnce[] = [];
  for (const call of calls) {
    const first = firstRun(dependencies, action, call, { row, id, now, tx });
    const context = { account, actor, onBehalfOf, metadata, causedBy, act: first.act };
    runs.push(await dependencies.contexts.run(context, first.run));
  }
  const kept = runs.filter(({ skipped }) => !skipped);
  const ran = {
    id,
    expectedVersion,
    results: runs.map(({ result }) => result),
    raised: runs.flatMap(({ raised }) => raised),
    raisedInside: 0,
    tracked: runs.flatMap(({ tracked }) => tracked),
  };
  if (kept.length === 0) {
    if (act.key !== null) await releaseKey(tx, account, act.key);
    return { ...ran, row: null, skipped: skippedItem(act, runs[0]!, now) };
  }
  const items = kept.map(({ item }) => item);
  const data = { ...items[0]!, others: items.slice(1), within, after: action.after !== undefined };
  const subject = calls.length === 1 ? kept[0]!.subject : row.subject;
  const complete = { ...row, subject, occurredAt: now.toISOString(), reservedId: id };
  const raisedInside = ran.raised.filter((key) => key === subjectKey(complete)).length;
  return { ...ran, raisedInside, row: eventRow(dependencies, act, complete, data) };
}

/** The event's row, with what is sensitive encrypted. Throws EVENT_TOO_LARGE. */
function eventRow(
  { sealing }: PerformActsDependencies,
  { action }: PreparedAct,
  row: EventRow,
  whole: ActionData,
): EventRow {
  const bound = boundTo(row.account, row.reservedId!);
  const { data, sealed } = sealData(action, whole, bound, sealing);
  const complete = {
    ...row,
    data: data as unknown as JsonObject,
    sealed,
    entities: entityKeysOf(row),
  };
  const restricted = { ...complete, audience: audienceOf({}, action, complete) };
  checkSize(restricted);
  return restricted;
}

/** The call's event is an older one. */
async function repeatedAct(
  { registry }: PerformActsDependencies,
  tx: Transaction,
  { row, key }: PreparedAct,
  { lane, id }: NonNullable<BegunAct["held"]>,
): Promise<DoneAct> {
  const [event] = await readEvents(tx, [{ account: row.account, lane, id }]);
  // Retention took the event before its key ran out: nobody can say any more what the key stood for.
  if (!event)
    throw new TidingsError("IDEMPOTENCY_CONFLICT", { detail: `"${key}"`, path: ["idempotencyKey"] });
  const results: readonly unknown[] = [];
  return {
    event: recordedEvent(event, registry),
    results,
    version: null,
    repeated: true,
    raised: [],
    tracked: [],
  };
}

/** Nothing happened, so the key stands for nothing: the next call may find something to do. */
async function releaseKey(tx: Transaction, account: string, key: string): Promise<void> {
  await tx.query("delete from tidings.idempotency_keys where account_id = $1 and key = $2", [account, key]);
}

/** What the parent's event keeps of a skipped run, secrets among it, which that event seals with its own. */
function skippedItem({ action }: PreparedAct, { item }: RanOnce, now: Date): SkippedItem {
  const bare = { ...item, others: [], within: null, after: false };
  const open = sealData(action, bare, "", null).data;
  const secret = Object.keys(item.captured).filter((name) => !Object.hasOwn(open.captured, name));
  const { captured } = item;
  const { threw } = open;
  return { at: now.toISOString(), captured, ...(threw && { threw }), ...(secret.length > 0 && { secret }) };
}

/** Calls `work` so that nothing remains of it when it throws: in a transaction that goes on. */
export async function undoable<Result>(tx: Transaction, work: () => Promise<Result>): Promise<Result> {
  await tx.execute("savepoint tidings_action");
  try {
    const result = await work();
    await tx.execute("release savepoint tidings_action");
    return result;
  } catch (error) {
    // Where even this fails the connection is gone: the first error says why.
    await tx
      .execute("rollback to savepoint tidings_action; release savepoint tidings_action")
      .catch(() => undefined);
    throw error;
  }
}
