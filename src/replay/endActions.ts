import type { Transaction } from "../db/database.ts";
import { entityKey } from "../events/entity.ts";
import { recordedEvent, type RecordedEvent } from "../events/recordedEvent.ts";
import { stored } from "../events/record.ts";
import type { Registry } from "../events/registry.ts";
import { jsonOf, type AppendedEvent, type EventRow } from "../log/append.ts";
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
  /** Wakes sleeping sequencers by a gated NOTIFY. */
  readonly notify: boolean;
}

export interface EndedAct {
  readonly event: RecordedEvent;
  readonly version: number;
}

/** The record statement and the versions in one: the rows of versions are locked for as short as can be. */
const END = `
select tidings.append($1::text, null, $2::boolean) as recorded, tidings.raise_versions($3::text, $4::text) as versions`;

/** Writes the events of acts of one account and counts their subjects up. Throws VERSION_CONFLICT. */
export async function endActions(
  tx: Transaction,
  acts: readonly EndingAct[],
  { registry, notify }: EndOptions,
): Promise<EndedAct[]> {
  if (acts.length === 0) return [];
  const subjects = acts.map(({ row, expectedVersion, raisedInside }) => ({
    entity: entityKey(row.subject),
    expected: expectedVersion === null ? null : expectedVersion + raisedInside,
  }));
  const [answer] = await tx.query<{ recorded: string; versions: string }>(
    END,
    [
      `[${acts.map(({ row }) => jsonOf(row)).join(",")}]`,
      notify,
      acts[0]!.row.account,
      JSON.stringify(subjects),
    ],
    { prepare: true },
  );
  const recorded = JSON.parse(answer!.recorded) as [string, number][];
  const versions = JSON.parse(answer!.versions) as (number | null)[];
  return acts.map(({ row, expectedVersion }, index) => {
    const version = versions[index] ?? null;
    if (version === null) throw versionConflict(row.subject, expectedVersion ?? 0, null);
    const [id, occurredAt] = recorded[index]!;
    const appended: AppendedEvent = { id, occurredAt };
    return { event: recordedEvent(stored(row, appended), registry), version };
  });
}
