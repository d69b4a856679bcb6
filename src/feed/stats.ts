import { textArray, type Database } from "../db/database.ts";
import { refuseField } from "../events/checkQuery.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import { checkNames, normalFilter, type EventFilter, type NamesOf } from "../events/filter.ts";
import type { Registry } from "../events/registry.ts";
import { databaseTime } from "../log/databaseTime.ts";
import { idFloor } from "../log/findEvents.ts";
import { nextDay, timeZone, type TimeZone } from "./timeZone.ts";

/** Which events; over all lanes unless told otherwise. */
type Counted = Pick<EventFilter, "account" | "types" | "categories" | "lanes" | "viewer">;

export type EventStatsQuery = Counted & {
  readonly by: "type" | "lane";
  readonly bucket: "hour" | "day";
  /** Default: 24 hours ago for hours, 30 days ago for days; the bucket that holds it is counted from its beginning. */
  readonly since?: Date | undefined;
  /** Default: now, by the database's clock. */
  readonly until?: Date | undefined;
  /** Where days and hours begin: an IANA name. Default `UTC`. */
  readonly timeZone?: string | undefined;
};

const statsNames: NamesOf<EventStatsQuery> = {
  account: true,
  types: true,
  categories: true,
  lanes: true,
  viewer: true,
  by: true,
  bucket: true,
  since: true,
  until: true,
  timeZone: true,
};

export interface EventStats {
  /** Oldest first, without a hole: of a quiet hour `counts` is empty. */
  readonly buckets: readonly EventBucket[];
  /** False when the account is too busy for the time asked: `buckets` then begin later. */
  readonly complete: boolean;
}

export interface EventBucket {
  readonly at: Date;
  /** By type or lane; what did not happen is left out. */
  readonly counts: { readonly [key: string]: number };
}

export interface TypeVolume {
  readonly type: string;
  /** Events of the last 30 days, 10,000 at most. */
  readonly events: number;
  /** True when there are more than were counted. */
  readonly capped: boolean;
}

export interface Stats {
  /**
   * How much was recorded when: at most 400 buckets. Looks at the newest 50,000 events of each lane, so that it costs no more
   * in the largest account.
   */
  events(query: EventStatsQuery): Promise<EventStats>;
  /** How much of each defined type the last 30 days had, by type. */
  types(query?: TypeVolumesQuery): Promise<TypeVolume[]>;
}

type TypeVolumesQuery = Pick<EventFilter, "account" | "viewer">;
const volumeNames: NamesOf<TypeVolumesQuery> = { account: true, viewer: true };

export interface StatsDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly accountOf: (given: string | undefined) => string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MOST_BUCKETS = 400;
const LOOK = 50_000;
const VOLUME_DAYS = 30;
const MOST_OF_TYPE = 10_000;

export function createStats({ db, registry, accountOf }: StatsDependencies): Stats {
  const normal = (query: Counted) => {
    const { account, types, categories, viewer } = query;
    const filter = { types, categories, viewer, lanes: query.lanes ?? lanes };
    return normalFilter(filter, accountOf(account), registry);
  };

  return {
    events: async (query) => {
      checkNames(query, statsNames);
      const filter = normal(query);
      const zone = zoneOf(query);
      const until = query.until?.getTime() ?? Math.floor(await databaseTime(db)) + 1; // after all that was recorded until now
      const borders = bordersOf(query, zone, until);
      const rows = await db.query<CountRow>(COUNTS, [
        filter.account,
        textArray(filter.lanes),
        filter.types && textArray(filter.types),
        filter.audiences && textArray(filter.audiences),
        textArray(borders.map(idFloor)),
        idFloor(until),
        LOOK,
      ]);
      const first = firstComplete(rows);
      const counts = borders.map(() => new Map<string, number>());
      for (const { lane, type, stretch, events } of rows) {
        const key = query.by === "lane" ? lane : (registry.find(type)?.type ?? type);
        const bucket = counts[stretch - 1];
        if (bucket && events > 0) bucket.set(key, (bucket.get(key) ?? 0) + events);
      }
      return {
        buckets: borders
          .map((at, index) => ({ at: new Date(at), counts: Object.fromEntries(counts[index]!) }))
          .slice(first),
        complete: first === 0,
      };
    },

    types: async (query = {}) => {
      checkNames(query, volumeNames);
      const filter = normal(query);
      const names = registry.types.flatMap((definition) =>
        [definition.type, ...definition.aliases].map((name) => ({ name, definition })),
      );
      const rows = await db.query<{ type: string; events: number }>(VOLUMES, [
        filter.account,
        textArray(names.map(({ definition }) => definition.lane)),
        textArray(names.map(({ name }) => name)),
        filter.audiences && textArray(filter.audiences),
        idFloor((await databaseTime(db)) - VOLUME_DAYS * DAY_MS),
        MOST_OF_TYPE + 1,
      ]);
      return registry.types.map(({ type, aliases }) => {
        const own = rows.filter((row) => row.type === type || aliases.includes(row.type));
        const events = own.reduce((sum, row) => sum + row.events, 0);
        return { type, events: Math.min(events, MOST_OF_TYPE), capped: events > MOST_OF_TYPE };
      });
    },
  };
}

// Both in 0009_reading.sql.
const COUNTS = `
select lane, type, stretch, events, looked
  from tidings.event_counts($1, $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid, $7::int)`;

const VOLUMES = `
select type, events from tidings.type_volumes($1, $2::text[], $3::text[], $4::text[], $5::uuid, $6::int)`;

interface CountRow {
  lane: Lane;
  type: string;
  /** From 1: the number of a border. */
  stretch: number;
  events: number;
  /** With those that the filter leaves out. */
  looked: number;
}

/** Checks what can be checked without knowing the time. */
function zoneOf({ bucket, by, timeZone: zoneName = "UTC" }: EventStatsQuery): TimeZone {
  if (!["hour", "day"].includes(bucket)) refuseField("bucket", `"${bucket}" is neither hour nor day`);
  if (!["type", "lane"].includes(by)) refuseField("by", `"${by}" is neither type nor lane`);
  return timeZone(zoneName);
}

/** Where the buckets begin, oldest first. A day has the hours that the zone gives it: 23, 24 or 25. */
function bordersOf({ bucket, since: from }: EventStatsQuery, zone: TimeZone, until: number): number[] {
  const since = from?.getTime() ?? until - (bucket === "hour" ? DAY_MS : VOLUME_DAYS * DAY_MS);
  if (!(since >= 0 && since < until && until < 2 ** 47)) refuseField("since", "must be a Date before until");
  if ((until - since) / (bucket === "hour" ? HOUR_MS : DAY_MS) > MOST_BUCKETS)
    refuseField("since", `makes more than ${MOST_BUCKETS} buckets`);

  const borders: number[] = [];
  for (let day = zone.dayOf(since); zone.startOf(day) < until; day = nextDay(day)) {
    const end = Math.min(until, zone.startOf(nextDay(day)));
    const step = bucket === "hour" ? HOUR_MS : Infinity;
    for (let at = zone.startOf(day); at < end; at += step) {
      if (at + step > since) borders.push(at);
    }
  }
  return borders;
}

/** Where a lane had more than was looked at, its oldest bucket holds a part only. */
function firstComplete(rows: readonly CountRow[]): number {
  const cut = lanes.map((lane) => {
    const own = rows.filter((row) => row.lane === lane);
    const looked = own.reduce((sum, row) => sum + row.looked, 0);
    return looked < LOOK ? 0 : Math.min(...own.map(({ stretch }) => stretch));
  });
  return Math.max(...cut);
}
