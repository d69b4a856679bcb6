import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { lanes } from "../events/defineEvent.ts";
import { maySee } from "../events/viewer.ts";
import { recordedAt } from "../log/eventId.ts";
import { HIGHEST, LOWEST, idFloor } from "../log/findEvents.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { readColumns } from "../log/readEvents.ts";
import { audienceOf } from "../log/storedEvent.ts";
import { straysIn } from "../log/strays.ts";
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

/** The database's clock may be set, by so much: an id of later than this was written later. */
const MARGIN_MS = 15 * 60_000;

/**
 * The newest of several neighbours: where nothing came late, what is before that id has a position up to this one, and nothing else
 * has. What did come late, on either side, is asked for by itself: see strays.ts.
 */
const BORDER = `
select max(id) as id from (
  select event_id::text as id from tidings.event_order where pos <= $1::bigint order by pos desc limit 100) last`;

async function endAtPosition(on: Queryable, account: string, position: number): Promise<FoldEnd> {
  const [last] = await on.query<{ id: string | null }>(BORDER, [String(position)]);
  if (!last?.id) return { holds: () => false, before: LOWEST, keep: async () => [] };
  const border = last.id;
  const early = await straysIn(on, { account, after: 0, upTo: position, low: border, high: HIGHEST }, null);
  const alsoBelong = new Set(early.map(({ id }) => id));
  const newest = [...alsoBelong, border].toSorted().at(-1)!;
  return {
    // It does not say which positions its events have, or whether they have one.
    holds: () => false,
    before: idFloor(recordedAt(newest) + 1),
    keep: async (events) => {
      const before = events.filter(({ id }) => id < border);
      const unsure = before.flatMap(({ id, isSwept }) => (isSwept ? [] : [id]));
      const positions = await positionsOf(on, account, unsure);
      const low = before.map(({ id }) => id).toSorted()[0];
      const late =
        low === undefined
          ? []
          : await straysIn(on, { account, after: position, upTo: null, low, high: border }, null);
      const tooLate = new Set([...unsure.filter((id) => !positions.has(id)), ...late.map(({ id }) => id)]);
      return events.filter(({ id }) => (id < border ? !tooLate.has(id) : alsoBelong.has(id)));
    },
  };
}
