import { liveQuery, mayMatch, queryOf, type FeedFilter } from "../filter.ts";
import type { LiveItem } from "../wire.ts";
import { openLiveStream, type LiveStatus, type LiveStream } from "./liveStream.ts";

export interface LiveReader {
  /** What it follows. Null: only the state of the connection. */
  readonly filter: FeedFilter | null;
  /** Events after this position; null: from now on. */
  readonly after: number | null;
  /**
   * Each event once, in the order of positions. `certain` is false where the shared stream is wider than the filter and
   * only the server can tell whether the event matches.
   */
  readonly onItem: (item: LiveItem, certain: boolean) => void;
  /** The log no longer has what came after the position: read anew. */
  readonly onLost: () => void;
}

/** All live readers of a provider on one connection: browsers open only six to a host over HTTP/1.1. */
export interface SharedLive {
  follow(reader: LiveReader): () => void;
  readonly status: () => LiveStatus;
  onStatus(listener: () => void): () => void;
  /** Tries at once instead of waiting. */
  readonly retry: () => void;
}

type OpenStream = (query: string, after: number | null, signal: AbortSignal) => Promise<Response>;

/** So many recent events are kept for readers that join late. Those behind them make the stream begin again. */
const KEPT = 200;
/** A reader of nothing but the state lets the feeds of the page go first: their filter decides what is asked for. */
const STATUS_ONLY_WAITS_MS = 1_500;

interface Place {
  readonly reader: LiveReader;
  readonly query: string | null;
  position: number | null;
}

export function createSharedLive(request: OpenStream): SharedLive {
  const places = new Set<Place>();
  const listeners = new Set<() => void>();
  let status: LiveStatus = { state: "off" };
  let stream: LiveStream | null = null;
  let streamQuery = "";
  let recent: LiveItem[] = [];
  /** `recent` is complete after this position; null: since the stream began. */
  let keptAfter: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function setStatus(next: LiveStatus): void {
    status = next;
    for (const listener of listeners) listener();
  }

  /** After the readers have changed. Not at once: those of one render come one after the other. */
  function arrangeSoon(): void {
    clearTimeout(timer);
    const waiting = stream === null && [...places].every(({ query }) => query === null);
    timer = setTimeout(arrange, waiting && places.size > 0 ? STATUS_ONLY_WAITS_MS : 0);
  }

  function arrange(): void {
    if (places.size === 0) return closeStream();
    const query = commonQuery([...places]);
    const earliest = lowest([...places].map(({ position }) => position));
    if (stream === null || query !== streamQuery || (earliest !== null && earliest < keptSince(stream)))
      return openStream(query, lowest([stream?.position() ?? null, earliest]));
    // Who follows from now on wants nothing of what is remembered.
    for (const place of places) if (place.query !== null) place.position ??= stream.position();
    for (const item of recent) deliver(item);
  }

  /** Where it is not known yet, nothing older than the stream is. */
  function keptSince(open: LiveStream): number {
    return keptAfter ?? open.begun() ?? Infinity;
  }

  function openStream(query: string, after: number | null): void {
    stream?.close();
    streamQuery = query;
    recent = [];
    keptAfter = null;
    stream = openLiveStream({
      request: (position, signal) => request(query, position, signal),
      after,
      onStatus: setStatus,
      onItem: (item) => {
        recent.push(item);
        if (recent.length > KEPT) keptAfter = recent.shift()!.position;
        deliver(item);
      },
      onLost: () => {
        closeStream();
        for (const place of places) {
          place.position = null;
          place.reader.onLost();
        }
        arrangeSoon();
      },
    });
  }

  function deliver(item: LiveItem): void {
    for (const place of places) {
      const { filter } = place.reader;
      if (filter === null || (place.position !== null && item.position <= place.position)) continue;
      place.position = item.position;
      const certain = place.query === streamQuery || lanesOnly(filter);
      if (!mayMatch(filter, item)) continue;
      try {
        place.reader.onItem(item, certain);
      } catch (error) {
        // The mistake of one listener must not take the stream from the others.
        reportError(error);
      }
    }
  }

  function closeStream(): void {
    stream?.close();
    stream = null;
    setStatus({ state: "off" });
  }

  return {
    follow(reader) {
      const place: Place = {
        reader,
        query: reader.filter && liveQuery(reader.filter),
        position: reader.after,
      };
      places.add(place);
      arrangeSoon();
      return () => {
        places.delete(place);
        arrangeSoon();
      };
    },
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retry: () => stream?.retry(),
  };
}

/** What all ask for; where they differ, everything in their lanes. */
function commonQuery(places: readonly Place[]): string {
  const filters = places.flatMap(({ reader }) => (reader.filter ? [reader.filter] : []));
  const queries = new Set(filters.map(liveQuery));
  if (queries.size < 2) return queries.values().next().value ?? "";
  const lanes = new Set(filters.flatMap((filter) => filter.lanes ?? ["domain" as const]));
  return queryOf({ lanes: [...lanes].toSorted() });
}

/** Then the event itself tells whether it matches. */
function lanesOnly(filter: FeedFilter): boolean {
  return Object.entries(filter).every(([name, value]) => name === "lanes" || value === undefined);
}

function lowest(positions: readonly (number | null)[]): number | null {
  const known = positions.filter((position) => position !== null);
  return known.length === 0 ? null : Math.min(...known);
}
