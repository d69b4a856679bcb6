import { textArray, type Parameter, type Queryable } from "../db/database.ts";
import { recordedAt } from "./eventId.ts";
import { findEvents, HIGHEST, idBounds, idFloor, type FoundEvents } from "./findEvents.ts";
import type { NormalFilter, PageBounds } from "./findEvents.ts";
import { readEvents, type EventKey } from "./readEvents.ts";
import { EVENT_COLUMNS, storedEvent, type EventColumns, type StoredEvent } from "./storedEvent.ts";

export interface FoundPage extends FoundEvents {
  /** The events of some of the keys, in the order of these; keys without an event are left out. */
  readonly read: (shown: readonly EventKey[]) => Promise<StoredEvent[]>;
}

/** As `findEvents`, and the way to its events: where one statement finds both, they are here already. */
export async function findPage(on: Queryable, filter: NormalFilter, page: PageBounds): Promise<FoundPage> {
  const source = sourceOf(filter, page);
  if (source === null) {
    const found = await findEvents(on, filter, page);
    return { ...found, read: (shown) => readEvents(on, shown) };
  }
  const { branches, parameters } = source;
  const rows = await on.query<Columns>(
    `select last_position::text as position, ${EVENT_COLUMNS}
       from tidings.sequencer left join (
         select * from (${branches.join("\nunion all\n")}) candidates order by id desc limit $4::integer) e on true
      order by e.id desc`,
    parameters,
    { prepare: true },
  );
  const events = new Map<string, StoredEvent>();
  for (const row of rows) if (row.id !== null) events.set(row.id, storedEvent(row as EventColumns));
  return {
    keys: [...events.values()],
    position: Number(rows[0]!.position),
    read: async (shown) => shown.map(({ id }) => events.get(id)!),
  };
}

type Columns = { position: string } & { [Column in keyof EventColumns]: EventColumns[Column] | null };

/** Each list of its own gives a whole page of events, of which one page is shown: from here on, keys cost less. */
const MOST_LISTS = 4;

/** Where pages of an account's newest events, or those of its types, come from. Null for any other page. */
function sourceOf(filter: NormalFilter, page: PageBounds) {
  const { of, types, actors, subjects, subjectTypes, severities, kinds, audiences } = filter;
  if (of || actors || subjects || subjectTypes || severities || kinds || audiences) return null;
  const lanes = [...new Set(filter.lanes)];
  const lists = lanes.length * (types?.length ?? 1);
  if (page.after !== undefined || lists === 0 || lists > MOST_LISTS) return null;
  const { low, high } = idBounds(filter, page);
  const parameters: Parameter[] = [filter.account, textArray(lanes), high, page.limit, low];
  const whose = "$1::text, $2::text[]";
  const bind = (value: Parameter) => `$${parameters.push(value)}`;
  const branches = types?.map(
    (type) =>
      `select * from tidings.newest_of_type(${whose}, ${bind(type)}::text, $5::uuid, $3::uuid, $4::integer)`,
  ) ?? [
    `select * from tidings.newest_of_account(${whose}, $5::uuid, ${bind(near(low, high))}::uuid, $3::uuid, $4::integer)`,
  ];
  return { branches, parameters };
}

/** Three months hold a page of most accounts, and are a tenth of a long history's partitions. */
const NEAR_MS = 92 * 86_400_000;

/** Where to look first: only a guess, by this process's clock where a page begins at the end of the log. */
function near(low: string, high: string): string {
  const guess = idFloor((high === HIGHEST ? Date.now() : recordedAt(high)) - NEAR_MS);
  return guess > low ? guess : low;
}
