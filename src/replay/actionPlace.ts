import type { Transaction } from "../db/database.ts";
import type { Registry } from "../events/registry.ts";
import type { JsonObject } from "../events/serializable.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import type { StoredAction } from "./actionRecord.ts";

/** Where an action is run again, and what there is of it. */
export interface ActionPlace {
  /** Of the database whose tables are rebuilt. */
  readonly tx: Transaction;
  /** What the event's actions recorded and performed inside, at any depth, by id. */
  readonly inside: ReadonlyMap<string, StoredAction>;
  /**
   * Makes what the action takes from the input as it was stored, of whatever version, with its secrets. Default: the stored input,
   * brought to the present version.
   */
  readonly input?: ((stored: JsonObject, event: StoredEvent) => unknown) | undefined;
}

/** The next note of this type, or of an older name of it. */
export function takeNext<Note extends { readonly type: string }>(
  left: Note[],
  type: string,
  registry: Registry,
): Note | undefined {
  const index = left.findIndex((note) => (registry.find(note.type)?.type ?? note.type) === type);
  return index === -1 ? undefined : left.splice(index, 1)[0];
}
