import { createHash } from "node:crypto";
import { TidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import type { Draft } from "../events/draft.ts";
import { prepareEvent } from "../events/prepare.ts";
import { stored } from "../events/record.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { Json } from "../events/serializable.ts";
import { storedAlone, type ActionItem, type StoredAction } from "./actionRecord.ts";
import { giveCaptures, isNamed, uuidText } from "./captures.ts";
import type { AnyActionDefinition } from "./defineAction.ts";
import type { DoneAct } from "./doneAct.ts";
import type { ActRequest } from "./prepareAction.ts";
import { takeNext, type ActionPlace } from "./actionPlace.ts";
import { runContext, type RunAct } from "./runContext.ts";
import { capturedName } from "./sensitivePath.ts";
import { createWorkQueue } from "./workQueue.ts";

export interface SecondRunDependencies {
  readonly registry: Registry;
  readonly contexts: ContextStore;
  readonly account: string | undefined;
}

export interface SecondRunOf {
  /** With its secrets. */
  readonly event: StoredAction;
  readonly item: ActionItem;
  readonly place: ActionPlace;
  readonly perform: (request: ActRequest) => Promise<DoneAct>;
}

export interface SecondRun {
  readonly act: RunAct;
  /** Calls `run`, waits for all that it started, and gives its result. */
  run(): Promise<unknown>;
}

/** Any later run of one call: nothing is recorded, and what was done the first time is given back. */
export function secondRun(
  dependencies: SecondRunDependencies,
  action: AnyActionDefinition,
  { event, item, place, perform }: SecondRunOf,
): SecondRun {
  const { account, actor, occurredAt } = event;
  const values = giveCaptures(item, createMissing(dependencies.registry, action, event));
  const recordAgain = createRecordAgain(dependencies, event, item, place);
  const queue = createWorkQueue();
  let isOpen = true;
  const act: RunAct = {
    eventId: event.id,
    account,
    get isOpen() {
      return isOpen;
    },
    record: (drafts) => queue.add(() => recordAgain(drafts)),
    perform: (request) => queue.add(() => perform(request)),
    track: () => undefined,
    skip: () => undefined,
  };

  return {
    act,
    run: async () => {
      try {
        const input = () => structuredClone(item.input) as never;
        // Asked again, so that its ids are given back in the order in which they were taken.
        const subject = action.subjectOf(input(), { account, actor, id: values.id, random: values.random });
        const handle = place.tx.handle;
        const { ctx } = runContext({ act, values, handle, account, actor, subject, now: occurredAt });
        return await action.run(input(), ctx as never);
      } finally {
        await queue.drained();
        isOpen = false;
      }
    },
  };
}

/** Drafts are checked as they were, and answered with the events of then, by type and in order. */
function createRecordAgain(
  { registry, contexts, account }: SecondRunDependencies,
  event: StoredAction,
  item: ActionItem,
  { inside }: ActionPlace,
): (drafts: readonly Draft[]) => Promise<RecordedEvent[]> {
  const left = [...item.recorded];
  let unrecorded = 0;
  return async (drafts) => {
    const context = contexts.current();
    const rows = drafts.map((draft) => prepareEvent(draft, { registry, context, account }).row);
    return rows.map((row) => {
      const note = takeNext(left, row.type, registry);
      const then = note && inside.get(note.id);
      if (then) return recordedEvent(storedAlone(then), registry);
      // What a newer `run` records beside it never happened: it gets an event in its hands, but the log does not.
      const id = derivedId(event.id, `recorded ${++unrecorded}`);
      const cause = { lane: event.lane, id: event.id, depth: event.causeDepth + 1 };
      return recordedEvent(stored({ ...row, cause }, { id, occurredAt: event.occurredAt }), registry);
    });
  };
}

/** What to give where nothing was captured. */
function createMissing(registry: Registry, action: AnyActionDefinition, event: StoredAction) {
  const routed = (registry.find(event.type)?.type ?? event.type) !== action.type;
  return (name: string, kind: "id" | "random" | "capture"): Json => {
    // Another action than then, by a route: what it needs beyond the captures follows from the event, the same at every replay.
    if (routed && kind === "id") return derivedId(event.id, `${action.type} ${name}`);
    if (routed && kind === "random")
      return digest(event.id, `${action.type} ${name}`).readUInt32BE(0) / 2 ** 32;
    const detail = `${action.type}, event ${event.id}: "${name}" was not captured`;
    const secret = action.sensitive.some((path) => isNamed(capturedName(path) ?? "", name));
    throw new TidingsError(secret && event.sealed === null ? "ERASED" : "REPLAY_DIVERGED", { detail });
  };
}

/** A UUID of version 7 of the same moment. */
function derivedId(eventId: string, name: string): string {
  const bytes = Buffer.concat([
    Buffer.from(eventId.replaceAll("-", "").slice(0, 12), "hex"),
    digest(eventId, name).subarray(0, 10),
  ]);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return uuidText(bytes);
}

function digest(eventId: string, name: string): Buffer {
  return createHash("sha256").update(`${eventId} ${name}`).digest();
}
