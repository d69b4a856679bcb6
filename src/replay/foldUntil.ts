import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { lanes } from "../events/defineEvent.ts";
import { maySee } from "../events/viewer.ts";
import { recordedAt } from "../log/eventId.ts";
import { HIGHEST, LOWEST, idFloor } from "../log/findEvents.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { readColumns } from "../log/readEvents.ts";
import { audienceOf } from "../log/storedEvent.ts";
import type { HistoryOf, SequencedEvent } from "./history.ts";
import type { Snapshot } from "./snapshots.ts";
import type { ReplayUntil } from "./until.ts";

/** The events of one account up to a moment. */
export interface FoldEnd {
  /** Whether all that a snapshot holds belongs to it. */
  holds(snapshot: Pick<Snapshot, "eventId" | "seq">): boolean;
  /** No event from this id on belongs to it. */
  readonly before: string;
  /** Those of a page that belong to it. */
  keep(events: readonly SequencedEvent[]): Promise<readonly SequencedEvent[]>;
}

/** Finds a moment. Throws EVENT_NOT_FOUND, also for an event that the viewer may not see. */
export async function foldEnd(
  on: Queryable,
  of: Pick<HistoryOf, "account" | "audiences">,
  until: ReplayUntil | undefined,
): Promise<FoldEnd> {
  if (until === undefined) return { holds: () => true, before: HIGHEST, keep: async (events) => events };
  if ("time" in until) return endAtTime(until.time);
  return "eventId" in until
    ? endAtEvent(on, of, until.eventId)
    : endAtPosition(on, of.account, until.position);
}

function endAtTime(time: Date): FoldEnd {
  const before = idFloor(time.getTime() + 1);
  return {
    holds: ({ eventId }) => eventId < before,
    before,
    keep: async (events) => events.filter(({ id }) => id < before),
  };
}

/** That one and what was written before it. */
async function endAtEvent(
  on: Queryable,
  { account, audiences }: Pick<HistoryOf, "account" | "audiences">,
  id: string,
): Promise<FoldEnd> {
  // The lane is not part of an id's text, so each is asked.
  const [last] = await readColumns<{ seq: number; audience: string | null }>(
    on,
    "e.seq::float8 as seq, array_to_json(e.audience)::text as audience",
    lanes.map((lane) => ({ account, lane, id })),
  );
  if (!last || !maySee(audienceOf(last.audience), audiences && new Set(audiences)))
    throw new TidingsError("EVENT_NOT_FOUND", { detail: `until.eventId ${id}` });
  return {
    holds: ({ seq }) => seq <= last.seq,
    before: idFloor(recordedAt(id) + MARGIN_MS),
    keep: async (events) => events.filter(({ seq }) => seq <= last.seq),
  };
}

/** Positions follow commits, ids follow writing: by so much the two may differ, which is how long a transaction may take. */
const MARGIN_MS = 15 * 60_000;

const EVENT_AT = `
select event_id::text as id from tidings.event_order where pos <= $1::bigint order by pos desc limit 1`;

async function endAtPosition(on: Queryable, account: string, position: number): Promise<FoldEnd> {
  const [last] = await on.query<{ id: string }>(EVENT_AT, [String(position)]);
  if (!last) return { holds: () => false, before: LOWEST, keep: async () => [] };
  const at = recordedAt(last.id);
  const surely = idFloor(at - MARGIN_MS);
  return {
    holds: ({ eventId }) => eventId < surely,
    before: idFloor(at + MARGIN_MS),
    keep: async (events) => {
      const asked = events.filter(({ id }) => id >= surely).map(({ id }) => id);
      const positions = await positionsOf(on, account, asked);
      return events.filter(({ id }) => id < surely || (positions.get(id) ?? Infinity) <= position);
    },
  };
}
