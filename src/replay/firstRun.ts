import type { Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Draft } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import { hold, type HeldTrack } from "../events/heldTracks.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { EventRow } from "../log/append.ts";
import type { ActionItem, PerformedInside, RecordedInside } from "./actionRecord.ts";
import { failureOf } from "./captures.ts";
import type { AnyActionDefinition } from "./defineAction.ts";
import type { DoneAct } from "./doneAct.ts";
import type { ActRequest, PreparedCall } from "./prepareAction.ts";
import { runContext, type RunAct } from "./runContext.ts";
import { createWorkQueue } from "./workQueue.ts";

export interface FirstRunDependencies {
  /** Records drafts in a transaction, with the context of the call. */
  readonly record: (drafts: readonly Draft[], tx: Transaction) => Promise<RecordedEvent[]>;
  /** Performs an action inside the one that runs. */
  readonly performInside: (request: ActRequest, tx: Transaction) => Promise<DoneAct>;
}

export interface FirstRunOf {
  readonly row: EventRow;
  /** Reserved for the event. */
  readonly id: string;
  readonly now: Date;
  readonly tx: Transaction;
}

export interface FirstRun {
  readonly act: RunAct;
  /** Calls `run` and waits for all that it started. */
  run(): Promise<RanOnce>;
}

export interface RanOnce {
  readonly result: unknown;
  readonly item: ActionItem;
  readonly subject: EntityRef;
  readonly skipped: boolean;
  /** Subjects that actions inside changed. */
  readonly raised: readonly string[];
  /** What it tracked: to be sent when all has succeeded. */
  readonly tracked: readonly HeldTrack[];
}

/** The first run of one call: what it does is done, and noted for the replays. */
export function firstRun(
  { record, performInside }: FirstRunDependencies,
  action: AnyActionDefinition,
  call: PreparedCall,
  { row, id, now, tx }: FirstRunOf,
): FirstRun {
  const { account, actor, occurredAt } = row;
  const recorded: RecordedInside[] = [];
  const performed: PerformedInside[] = [];
  const raised: string[] = [];
  const tracked: HeldTrack[] = [];
  const queue = createWorkQueue();
  let isOpen = true;
  let effects = false;
  let skipped = false;
  const begin = () => {
    if (skipped) throw new TidingsError("SKIP_TOO_LATE");
    effects = true;
  };

  const act: RunAct = {
    eventId: id,
    account,
    get isOpen() {
      return isOpen;
    },
    record: async (drafts, given = tx) => {
      begin();
      const stamped = drafts.map((draft) => ({ ...draft, occurredAt: draft.occurredAt ?? now }));
      return queue.add(async () => {
        const events = await record(stamped, given);
        recorded.push(...events.map((event) => noteOf(event, account)));
        return events;
      });
    },
    perform: async (request, given = tx) => {
      begin();
      // An import gives its time to all that belongs to it; otherwise each action has its own moment.
      const inherited = occurredAt === null ? undefined : new Date(occurredAt);
      const options = { ...request.options, occurredAt: request.options.occurredAt ?? inherited };
      return queue.add(async () => {
        const type = (request.action as AnyActionDefinition | undefined)?.type ?? "";
        try {
          const done = await performInside({ ...request, options }, given);
          performed.push(performedNote(done, type, account));
          raised.push(...done.raised);
          for (const track of done.tracked) hold(tracked, track);
          return done;
        } catch (error) {
          performed.push({ type, failed: failureOf(error) });
          throw error;
        }
      });
    },
    track: (track) => hold(tracked, track),
    skip: () => {
      if (effects) throw new TidingsError("SKIP_TOO_LATE");
      skipped = true;
    },
  };
  const context = runContext({
    act,
    values: call.captures,
    handle: tx.handle,
    account,
    actor,
    subject: call.subject,
    now,
  });

  return {
    act,
    run: async () => {
      try {
        const result = await action.run(structuredClone(call.input) as never, context.ctx as never);
        await queue.drained();
        const item = { input: call.input, ...call.captures.taken(), recorded, performed };
        return { result, item, subject: context.subject(), skipped, raised, tracked };
      } finally {
        // Also of a run that threw: what it left under way ends before the transaction does.
        await queue.drained();
        isOpen = false;
      }
    },
  };
}

function noteOf(event: RecordedEvent, own: string): RecordedInside {
  const { type, lane, id, account } = event;
  return { type, lane, id, ...(account !== own && { account }) };
}

function performedNote({ event, repeated, skipped }: DoneAct, type: string, own: string): PerformedInside {
  if (event === null) return { type, skipped: skipped! };
  return repeated ? { ...noteOf(event, own), repeated } : noteOf(event, own);
}
