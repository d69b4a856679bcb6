import { textArray, type Database, type Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { checkTime, checkWhole, refuseField } from "../events/checkQuery.ts";
import { checkNames, type NamesOf } from "../events/filter.ts";
import { positionedEvent, type PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { recordedAt } from "../log/eventId.ts";
import { positionAt } from "../log/positionAt.ts";
import { unreadableError } from "../log/problems.ts";
import { keptPositions, readAccountAfter } from "../log/readPositions.ts";
import type { Signals } from "../signals.ts";
import { enqueue } from "./enqueue.ts";
import { mayGoOut, wants, wantsType } from "./fanOut.ts";
import { fannedOutTo } from "./fannedOut.ts";
import type { JobStep, RunningJob } from "./jobLoop.ts";
import { startJob, type EndpointJob } from "./jobs.ts";
import type { NewMessage } from "./message.ts";
import { underKnownIds } from "./pastMessages.ts";
import { publicId } from "./publicId.ts";
import { checkEnabled, findTarget, type Target } from "./target.ts";
import { createTurns } from "./turns.ts";
import type { MessageWriter } from "./writeMessage.ts";

export interface BackfillOptions {
  readonly account?: string | undefined;
  /** All that is kept, what came after a position, or what was recorded since a moment. */
  readonly from: "start" | { readonly position: number } | { readonly time: Date };
  /** 1 to 1,000. Default 50. */
  readonly perSecond?: number | undefined;
}

export interface Backfill {
  /**
   * Sends history to an endpoint, by its types and its filter, as a job below live traffic; what the endpoint already had a
   * delivery for is left out. Throws ENDPOINT_DISABLED, JOB_RUNNING, POSITION_PRUNED, INVALID_FILTER.
   */
  backfill(endpoint: string, options: BackfillOptions): Promise<EndpointJob>;
}

export interface BackfillDependencies {
  readonly db: Database;
  readonly accountOf: (given: string | undefined) => string;
}

export function createBackfill({ db, accountOf }: BackfillDependencies): Backfill {
  return {
    backfill: async (endpoint, options) => {
      checkNames(options, optionNames);
      const account = accountOf(options.account);
      const perSecond = checkWhole("perSecond", options.perSecond ?? 50, 1, 1_000);
      const from = await beginning(db, options.from);
      return db.transaction(async (tx) => {
        const target = await findTarget(tx, account, endpoint);
        checkEnabled(target);
        const { last } = await keptPositions(tx);
        const positions = { first: Math.min(from.position, last), last };
        const job = { account, endpoint: target.id, kind: "backfill", until: null } as const;
        return startJob(tx, { ...job, since: from.since, positions, perSecond });
      });
    },
  };
}

const optionNames: NamesOf<BackfillOptions> = { account: true, from: true, perSecond: true };

async function beginning(
  db: Queryable,
  from: BackfillOptions["from"],
): Promise<{ position: number; since: number }> {
  const { first } = await keptPositions(db);
  if (from === "start") return { position: first - 1, since: 0 };
  if (typeof from === "object" && "time" in from) {
    const since = checkTime("from.time", from.time) ?? refuseField("from.time", "is missing");
    return { position: await positionAt(db, new Date(since)), since };
  }
  const position = checkWhole("from.position", from?.position, 0, Number.MAX_SAFE_INTEGER);
  if (position < first - 1) throw new TidingsError("POSITION_PRUNED");
  return { position, since: 0 };
}

export interface StepDependencies {
  readonly registry: Registry;
  readonly writer: MessageWriter;
  readonly signals: Signals;
}

/** Events read in one step: those of other types are passed over, so that a rare type is found in few steps. */
const READ_AT_ONCE = 200;

/**
 * Makes the next deliveries of a job: `room` of them at most. It never goes further than fan-out, so that an event gets
 * its delivery from one of the two: what fan-out sent is seen here and left out, and what lies before its checkpoint it will
 * not send again.
 */
export async function backfillStep(
  tx: Queryable,
  job: RunningJob,
  target: Target,
  room: number,
  dependencies: StepDependencies,
): Promise<JobStep> {
  const upTo = Math.min(job.lastPosition, await fannedOutTo(tx));
  const run =
    upTo <= job.position
      ? { events: [], scannedTo: job.position, more: false }
      : await readAccountAfter(tx, job.account, job.position, upTo, READ_AT_ONCE);
  const messages: NewMessage[] = [];
  const delivered = await alreadyDelivered(tx, target, run.events);
  const nextTurn = createTurns();
  let position = run.scannedTo;
  for (const stored of run.events) {
    if (recordedAt(stored.id) < job.sinceMs || delivered.has(stored.id)) continue;
    const event = positionedEvent(stored, dependencies.registry);
    if (!mayGoOut(event, dependencies.registry)) continue;
    if (messages.length === room || isToBeKnown(event, job.nowMs)) {
      position = stored.position - 1;
      break;
    }
    await nextTurn(); // filters take as long here as they do in fan-out
    const message = writeUnlessBroken(job, target, event, dependencies);
    if (message) messages.push(message);
  }
  const known = await underKnownIds(tx, target.account, messages);
  const wanted = known.map(({ subject }, message) => ({ message, endpoint: target.id, key: subject }));
  const made = await enqueue(tx, "backfill", known, wanted);
  const finished = position >= job.lastPosition;
  return { made: made.length, looked: position - job.position, cursor: null, position, finished };
}

/** As long as fan-out waits by default. A new type that an older process still does not know then is one that nobody does. */
const UNKNOWN_FOR_MS = 900_000;

/** A newer process recorded it: the job waits for one of those, until the older ones are gone. */
function isToBeKnown({ id, problem }: PositionedEvent, nowMs: number): boolean {
  return problem !== null && problem !== "upcast_failed" && recordedAt(id) > nowMs - UNKNOWN_FOR_MS;
}

/** Null for what the endpoint did not ask for. An event that cannot be written is told of and left out, as fan-out sets it aside. */
function writeUnlessBroken(
  job: RunningJob,
  target: Target,
  event: PositionedEvent,
  { registry, writer, signals }: StepDependencies,
): NewMessage | null {
  try {
    if (!wantsType(target, event, registry)) return null;
    if (event.problem !== null) throw unreadableError(event);
    return wants(target, event, registry, writer) ? writer.write(event, target) : null;
  } catch (error) {
    signals.emit("webhook.passed_over", {
      account: job.account,
      endpoint: publicId("endpoint", job.endpoint),
      job: publicId("job", job.id),
      position: event.position,
      type: event.type,
      error,
    });
    return null;
  }
}

const DELIVERED = `
select distinct m.event_id::text as event
  from tidings.messages m
  join tidings.deliveries d on d.account_id = m.account_id and d.message_id = m.id
 where m.account_id = $1 and m.event_id = any ($2::text[]::uuid[]) and d.endpoint_id = $3::uuid and d.state <> 'expired'`;

async function alreadyDelivered(
  tx: Queryable,
  target: Target,
  events: readonly { readonly id: string }[],
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set();
  const ids = textArray(events.map(({ id }) => id));
  const rows = await tx.query<{ event: string }>(DELIVERED, [target.account, ids, target.id]);
  return new Set(rows.map(({ event }) => event));
}
