import { textArray, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import { findColumns } from "./fillPage.ts";
import { HIGHEST, idFloor, LOWEST, type NormalFilter } from "./findEvents.ts";

/** What an event is and who did it, without its content: for counting. */
export interface Act {
  readonly lane: Lane;
  readonly id: string;
  /** As it is stored: perhaps an older name. */
  readonly type: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_label: string | null;
}

export interface FoundActs {
  /** Newest first. */
  readonly acts: readonly Act[];
  /** Where to go on: the id before which there may be more. Null when all were read. */
  readonly older: string | null;
}

/** The newest events that match, and are older than `before`. */
export async function findActs(
  on: Queryable,
  filter: NormalFilter,
  page: { readonly before?: string | undefined; readonly limit: number },
): Promise<FoundActs> {
  const { of, types, actors, subjects, subjectTypes, severities, kinds } = filter;
  if (of || types || actors || subjects || subjectTypes || severities || kinds) {
    const { before, limit } = page;
    return foundActs(await findColumns<Act>(on, COLUMNS, filter, { before, limit }), limit);
  }
  const high = [
    filter.until === null ? HIGHEST : idFloor(filter.until),
    page.before ?? HIGHEST,
  ].toSorted()[0]!;
  const acts = await on.query<Act>(
    NEWEST,
    [
      filter.audiences && textArray(filter.audiences),
      filter.account,
      textArray(filter.lanes),
      filter.since === null ? LOWEST : idFloor(filter.since),
      high,
      page.limit,
    ],
    { prepare: true },
  );
  return foundActs(acts, page.limit);
}

function foundActs(acts: readonly Act[], limit: number): FoundActs {
  return { acts, older: acts.length < limit ? null : acts.at(-1)!.id };
}

const COLUMNS = "e.lane, e.id::text, e.type, e.actor_type, e.actor_id, e.actor_label";

// See 0009_reading.sql.
const NEWEST = `
select ${COLUMNS} from tidings.newest_acts($1::text[], $2, $3::text[], $4::uuid, $5::uuid, $6::int) e
 order by e.id desc limit $6::int`;
