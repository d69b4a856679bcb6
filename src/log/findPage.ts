import { textArray, type Parameter, type Queryable } from "../db/database.ts";
import { recordedAt } from "./eventId.ts";
import { fillPage, type Stretch } from "./fillPage.ts";
import { findEvents, HIGHEST, idBounds, idFloor } from "./findEvents.ts";
import type { NormalFilter, PageBounds } from "./findEvents.ts";
import { readEvents } from "./readEvents.ts";
import { ofSequencer } from "./sequencerRow.ts";
import { EVENT_COLUMNS, storedEvent } from "./storedEvent.ts";
import type { EventColumns, NullableEventColumns, StoredEvent } from "./storedEvent.ts";

export interface FoundPage {
  /** Newest first; oldest first when paging `after`. */
  readonly events: readonly StoredEvent[];
  /** The last position given before the events were read. */
  readonly position: number;
}

/** The newest events that match: fewer than the page has room for only where there are no more. */
export async function findPage(on: Queryable, filter: NormalFilter, page: PageBounds): Promise<FoundPage> {
  let position: number | undefined;
  const events = await fillPage(on, filter, page, async (of, bounds) => {
    const looked = await look(on, of, bounds);
    position ??= looked.position;
    return looked;
  });
  return { events, position: position! };
}

interface Looked extends Stretch<StoredEvent> {
  readonly position: number;
}

/** In one statement where one finds both, keys and events. */
async function look(on: Queryable, filter: NormalFilter, page: PageBounds): Promise<Looked> {
  const source = sourceOf(filter, page);
  if (source === null) {
    const { keys, position } = await findEvents(on, filter, page);
    return { keys, found: await readEvents(on, keys), position };
  }
  const { branches, parameters } = source;
  // One list is a page as it is; several are cut to one, which takes a sort that copies every row.
  const from =
    branches.length === 1 && source.isCut
      ? `${branches[0]!} e`
      : `(select * from (${branches.map((branch) => `select * from ${branch}`).join("\nunion all\n")}) candidates
          order by id desc limit $4::integer) e`;
  const rows = await on.query<Columns>(
    `select last_position::text as position, ${EVENT_COLUMNS} from tidings.sequencer_now left join ${from} on true`,
    parameters,
    { prepare: true },
  );
  const keyed = rows.filter((row) => row.id !== null) as KeyColumns[];
  keyed.sort((a, b) => (a.id < b.id ? 1 : -1));
  return {
    keys: keyed.map(({ lane, id }) => ({ account: filter.account, lane, id })),
    found: keyed.flatMap((row) => (row.type === null ? [] : [storedEvent(row as EventColumns)])),
    position: Number(ofSequencer(rows).position),
  };
}

type Columns = { position: string } & NullableEventColumns;
/** Of an event that retention took, its key is left. */
type KeyColumns = Pick<EventColumns, "lane" | "id"> & NullableEventColumns;

/** Each list of its own gives a whole page of events, of which one page is shown: from here on, keys cost less. */
const MOST_LISTS = 4;

interface Source {
  /** Functions that give events. */
  readonly branches: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Whether one branch alone gives no more than a page. */
  readonly isCut: boolean;
}

/** Where pages of the newest events come from: those of an account, of its types, or of an entity. Null for any other page. */
function sourceOf(filter: NormalFilter, page: PageBounds): Source | null {
  const { of, types, actors, subjects, subjectTypes, severities, kinds, audiences } = filter;
  if (actors || subjects || subjectTypes || severities || kinds || audiences) return null;
  if (page.after !== undefined || (of && (types || of.length !== 1))) return null;
  const lanes = [...new Set(filter.lanes)];
  const lists = lanes.length * (types?.length ?? 1);
  if (lists === 0 || lists > MOST_LISTS) return null;
  const { low, high } = idBounds(filter, page);
  const parameters: Parameter[] = [filter.account, textArray(lanes), high, page.limit, low];
  const whose = "$1::text, $2::text[]";
  const bounds = "$5::uuid, $3::uuid, $4::integer";
  const bind = (value: Parameter) => `$${parameters.push(value)}`;
  if (of) {
    const branch = `tidings.newest_of_entity(${whose}, ${bind(of[0]!)}::text, ${bounds})`;
    return { branches: [branch], parameters, isCut: true };
  }
  const branches = types?.map(
    (type) => `tidings.newest_of_type(${whose}, ${bind(type)}::text, ${bounds})`,
  ) ?? [
    `tidings.newest_of_account(${whose}, $5::uuid, ${bind(near(low, high))}::uuid, $3::uuid, $4::integer)`,
  ];
  return { branches, parameters, isCut: lanes.length === 1 };
}

/** Three months hold a page of most accounts, and are a tenth of a long history's partitions. */
const NEAR_MS = 92 * 86_400_000;

/** Where to look first: only a guess, by this process's clock where a page begins at the end of the log. */
function near(low: string, high: string): string {
  const guess = idFloor((high === HIGHEST ? Date.now() : recordedAt(high)) - NEAR_MS);
  return guess > low ? guess : low;
}
