import { textArray, type Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import { findColumns } from "./fillPage.ts";
import { idBounds, type NormalFilter } from "./findEvents.ts";

/** What an event is and who did it, without its content: for counting. */
export interface EventSummary {
  readonly lane: Lane;
  readonly id: string;
  /** As it is stored: perhaps an older name. */
  readonly type: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_label: string | null;
}

export interface FoundSummaries {
  /** Newest first. */
  readonly summaries: readonly EventSummary[];
  /** Where to go on: the id before which there may be more. Null when all were read. */
  readonly older: string | null;
}

/** The newest events that match, and are older than `before`. */
export async function findEventSummaries(
  on: Queryable,
  filter: NormalFilter,
  page: { readonly before?: string | undefined; readonly limit: number },
): Promise<FoundSummaries> {
  const { of, types, actors, subjects, subjectTypes, severities, kinds } = filter;
  if (of || types || actors || subjects || subjectTypes || severities || kinds) {
    return foundSummaries(await findColumns<EventSummary>(on, COLUMNS, filter, page), page.limit);
  }
  const { low, high } = idBounds(filter, page);
  const summaries = await on.query<EventSummary>(
    NEWEST,
    [
      filter.audiences && textArray(filter.audiences),
      filter.account,
      textArray(filter.lanes),
      low,
      high,
      page.limit,
    ],
    { prepare: true },
  );
  return foundSummaries(summaries, page.limit);
}

function foundSummaries(summaries: readonly EventSummary[], limit: number): FoundSummaries {
  return { summaries, older: summaries.length < limit ? null : summaries.at(-1)!.id };
}

const COLUMNS = "e.lane, e.id::text, e.type, e.actor_type, e.actor_id, e.actor_label";

// See 0009_reading.sql.
const NEWEST = `
select ${COLUMNS} from tidings.newest_summaries($1::text[], $2, $3::text[], $4::uuid, $5::uuid, $6::int) e
 order by e.id desc limit $6::int`;
