import type { Lane } from "../events/defineEvent.ts";
import type { Json, JsonObject } from "../events/serializable.ts";
import { EVENT_COLUMNS, storedEvent, type EventColumns, type StoredEvent } from "../log/storedEvent.ts";
import { readColumns, type EventKey } from "../log/readEvents.ts";
import type { Queryable } from "../db/database.ts";

/** One call of an action: what a replay needs to do it again. */
export interface ActionItem<Input = Json> {
  /** The output of the action's schema, with null for what is sensitive. */
  readonly input: Input;
  /** What `ctx.capture(name)` gave, by name; `id`, `random` by themselves; the second of a name is `name#2`. */
  readonly captured: JsonObject;
  /** Captures that threw, by name: `run` may have dealt with it. Absent where none did. */
  readonly threw?: { readonly [name: string]: FailedInside["failed"] };
  /** The events that `run` recorded, in order. */
  readonly recorded: readonly RecordedInside[];
  /** The actions that `run` performed, in order. */
  readonly performed: readonly PerformedInside[];
}

/** The data of an action's event, as it is stored. */
export interface ActionData<Input = Json> extends ActionItem<Input> {
  /** Of a summary of several calls: all but the first. Otherwise empty. */
  readonly others: readonly ActionItem<Input>[];
  /** The id of the action's event in whose `run` this one was performed: a replay does it there, and nowhere else. */
  readonly within: string | null;
  /** Whether the action had an `after` that is to run once. */
  readonly after: boolean;
}

export interface RecordedInside {
  readonly type: string;
  readonly lane: Lane;
  readonly id: string;
  /** Where it is another one than the action's. */
  readonly account?: string;
}

export type PerformedInside = PerformedEvent | FailedInside | SkippedInside;

export interface PerformedEvent extends RecordedInside {
  /** Its idempotency key was taken: the event is an older one, which is replayed in its own place. */
  readonly repeated?: true;
}

/** It threw, and `run` went on. */
export interface FailedInside {
  readonly type: string;
  readonly failed: { readonly name: string; readonly message: string; readonly code?: string };
}

/** It found nothing to change: it has no event. */
export interface SkippedInside {
  readonly type: string;
  readonly skipped: SkippedItem;
}

/** What a replay needs to run it again, to the same end. */
export interface SkippedItem extends Pick<ActionItem, "captured" | "threw"> {
  /** When it was: ISO time. */
  readonly at: string;
  /** Names of captures that are sensitive: what seals the parent's event takes them out. Absent where none is. */
  readonly secret?: readonly string[];
}

/** The event of an action with what was sealed of it: what a replay reads. */
export interface StoredAction extends StoredEvent {
  readonly sealed: JsonObject | null;
}

/** Columns of `StoredAction` under the alias `e`. */
export const ACTION_COLUMNS = `${EVENT_COLUMNS}, e.sealed::text`;

export interface ActionColumns extends EventColumns {
  sealed: string | null;
}

export function storedAction(row: ActionColumns): StoredAction {
  return {
    ...storedEvent(row),
    sealed: row.sealed === null ? null : (JSON.parse(row.sealed) as JsonObject),
  };
}

/** The event as its readers know it. */
export function storedAlone({ sealed: _sealed, ...event }: StoredAction): StoredEvent {
  return event;
}

/** The events with these keys, in no order; keys without an event are left out. */
export async function readActions(on: Queryable, keys: readonly EventKey[]): Promise<StoredAction[]> {
  const rows = await readColumns<ActionColumns>(on, ACTION_COLUMNS, keys);
  return rows.map(storedAction);
}

/** What an action's event holds. It was written by `perform`, so its shape is known. */
export function actionData(event: Pick<StoredEvent, "data">): ActionData {
  return event.data as unknown as ActionData;
}
