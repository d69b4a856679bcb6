import type { Transaction } from "../db/database.ts";
import { entityKey } from "../events/entity.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import { stored } from "../events/record.ts";
import type { Registry } from "../events/registry.ts";
import { appendedEvents, type EventRow, type MakeAppendExpression } from "../log/append.ts";
import { versionConflict } from "./beginActions.ts";

/** An action that ran: its event, complete. */
export interface EndingAct {
  readonly row: EventRow;
  readonly expectedVersion: number | null;
  /** How many actions inside, of the same transaction, changed the subject since its version was compared. */
  readonly raisedInside: number;
}

export interface EndOptions {
  readonly registry: Registry;
  readonly appendExpression: MakeAppendExpression;
}

export interface EndedAct {
  readonly event: RecordedEvent;
  readonly version: number;
}

/** Writes the events of acts of one account and counts their subjects up. Throws VERSION_CONFLICT. */
export async function endActions(
  tx: Transaction,
  acts: readonly EndingAct[],
  { registry, appendExpression }: EndOptions,
): Promise<EndedAct[]> {
  if (acts.length === 0) return [];
  const rows = acts.map(({ row }) => row);
  const subjects = acts.map(({ row, expectedVersion, raisedInside }) => ({
    entity: entityKey(row.subject),
    expected: expectedVersion === null ? null : expectedVersion + raisedInside,
  }));
  const { sql, parameters } = appendExpression(rows);
  const next = parameters.length + 1;
  // In one statement with the versions: their rows are locked for as short as can be.
  const [answer] = await tx.query<{ recorded: string; versions: string }>(
    `select ${sql} as recorded, tidings.raise_versions($${next}::text, $${next + 1}::text) as versions`,
    [...parameters, rows[0]!.account, JSON.stringify(subjects)],
    { prepare: true },
  );
  const appended = appendedEvents(rows, answer!.recorded);
  const versions = JSON.parse(answer!.versions) as (number | null)[];
  return acts.map(({ row, expectedVersion }, index) => {
    const version = versions[index] ?? null;
    if (version === null) throw versionConflict(row.subject, expectedVersion ?? 0, null);
    return { event: recordedEvent(stored(row, appended[index]!), registry), version };
  });
}
