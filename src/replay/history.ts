import { textArray, type Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Lane } from "../events/defineEvent.ts";
import { readColumns, type EventKey } from "../log/readEvents.ts";
import { EVENT_COLUMNS, storedEvent, type EventColumns, type StoredEvent } from "../log/storedEvent.ts";

/** Whose history is read, and what of it. */
export interface HistoryOf {
  readonly account: string;
  /** `type:id`. */
  readonly entity: string;
  /** Types as they are stored. */
  readonly types: readonly string[];
  readonly lanes: readonly Lane[];
  /** What a viewer counts as: what is not for one of these is not read. Null: everything. */
  readonly audiences: readonly string[] | null;
}

/** An event with its place in the order of insertion: for one subject that is the order in which things happened. */
export interface SequencedEvent extends StoredEvent {
  readonly seq: number;
  /** Sweeps are past it: it has its position. Any other may have one, or wait for the next tick or sweep. */
  readonly isSwept: boolean;
}

const PAGE = 1_000;

const HISTORY = `
select lane, id::text from tidings.history_of_entity($1::text[], $2, $3::text[], $4, $5::text[], $6::uuid, ${PAGE}) order by id limit ${PAGE}`;

/**
 * The events on an entity's timeline after one of them, in pages ordered by id; ordered by `seq` within a page. Throws
 * REPLAY_PRUNED where retention has taken some of them.
 */
export async function* readHistory(
  on: Queryable,
  { account, entity, types, lanes, audiences }: HistoryOf,
  after: string,
): AsyncGenerator<readonly SequencedEvent[], void, undefined> {
  for (let low = after; ;) {
    const keys = await on.query<Pick<EventKey, "lane" | "id">>(
      HISTORY,
      [audiences && textArray(audiences), account, textArray(lanes), entity, textArray(types), low],
      { prepare: true },
    );
    if (keys.length > 0) yield readSequenced(on, account, keys, entity);
    if (keys.length < PAGE) return;
    low = keys.at(-1)!.id;
  }
}

const SWEPT = `(select e.seq <= q.floor_seq or pg_visible_in_snapshot(e.xid, q.sweep_from) from tidings.sequencer_now q)`;

async function readSequenced(
  on: Queryable,
  account: string,
  keys: readonly Pick<EventKey, "lane" | "id">[],
  entity: string,
): Promise<SequencedEvent[]> {
  const rows = await readColumns<EventColumns & { seq: string; swept: boolean | null }>(
    on,
    `${EVENT_COLUMNS}, e.seq::text as seq, ${SWEPT} as swept`,
    keys.map(({ lane, id }) => ({ account, lane, id })),
  );
  if (rows.length < keys.length)
    throw new TidingsError("REPLAY_PRUNED", {
      detail: `Of ${entity} ${keys.length - rows.length} events are no longer kept`,
    });
  return rows
    .map((row) => ({ ...storedEvent(row), seq: Number(row.seq), isSwept: row.swept === true }))
    .toSorted((a, b) => a.seq - b.seq);
}

const LENGTH = `
select tidings.length_of_history($1, $2::text[], $3, $4::text[], $5::uuid)::float8 as length`;

/** How many events there are up to one of them. */
export async function lengthOfHistory(
  on: Queryable,
  { account, entity, types, lanes }: HistoryOf,
  upTo: string,
): Promise<number> {
  const parameters = [account, textArray(lanes), entity, textArray(types), upTo];
  const [row] = await on.query<{ length: number }>(LENGTH, parameters, { prepare: true });
  return row!.length;
}
