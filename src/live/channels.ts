import { positionedEvent, type PositionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { maySee } from "../events/viewer.ts";
import type { NormalFilter } from "../log/findEvents.ts";
import { createMatcher } from "../log/matchFilter.ts";
import type { PositionedRun, PositionedStoredEvent } from "../log/readPositions.ts";
import type { Tail } from "../log/tail.ts";

/**
 * A run of new events, and up to where the log was looked at: an empty run still moves a reader's cursor. Streams with the
 * same filter get the same array of events, so that what is made of it can be made once.
 */
export interface LiveRun {
  readonly events: readonly PositionedEvent[];
  readonly position: number;
}

export type LiveListener = (run: LiveRun) => void;

/**
 * The live streams of the process. Each new event is looked at once for each different filter of its account, however many
 * streams there are; the streams of other accounts are not even woken.
 */
export interface Channels {
  /**
   * Tells `listener` of everything after the place's `position`, until the log goes back: then `onWentBack` is the last that is
   * heard. Rejects when the log cannot be read.
   */
  join(filter: NormalFilter, listener: LiveListener, onWentBack: () => void): Promise<Place>;
  /** How many streams there are. */
  members(): number;
}

/** A stream's place in its channel. */
export interface Place {
  readonly position: number;
  /** What memory still holds after a position, for a stream that comes back; null when the database has to be asked. */
  recent(after: number): LiveRun | null;
  leave(): void;
}

/** Streams for which nothing happens are told so seldom how far the log was looked at. */
const QUIET_MS = 1_000;

/** All streams with one filter, but for who reads: nearly all events are for everybody. */
interface Channel {
  readonly matches: (event: PositionedStoredEvent) => boolean;
  readonly listeners: Map<LiveListener, NormalFilter["audiences"]>;
}

/** What is known from the first stream's coming to the last one's leaving. */
interface Session {
  readonly followed: Promise<{ stop(): void }>;
  readonly accounts: Map<string, Map<string, Channel>>;
  readonly wentBack: Set<() => void>;
  members: number;
  position: number;
  quiet: NodeJS.Timeout | undefined;
}

export function createChannels(tail: Tail, registry: Registry): Channels {
  const shown = new WeakMap<PositionedStoredEvent, PositionedEvent>();
  let session: Session | undefined;

  async function join(filter: NormalFilter, listener: LiveListener, onWentBack: () => void): Promise<Place> {
    const mine = (session ??= begin());
    mine.members++;
    mine.wentBack.add(onWentBack);
    try {
      await mine.followed;
    } catch (error) {
      // Whoever comes next must not be told of this failure again.
      if (session === mine) session = undefined;
      throw error;
    }
    const leaveChannel = enter(mine, filter, listener);
    const matches = createMatcher(filter);
    return {
      position: mine.position,
      recent: (after) => {
        const run = tail.recent(after);
        return run && { events: present(run.events.filter(matches)), position: run.scannedTo };
      },
      leave: () => {
        if (!leaveChannel()) return;
        mine.wentBack.delete(onWentBack);
        mine.members--;
        if (mine.members === 0) end(mine);
      },
    };
  }

  function begin(): Session {
    const mine: Session = {
      followed: tail
        .follow(
          (run) => deliver(mine, run),
          () => abandon(mine),
        )
        .then((follow) => {
          mine.position = Math.max(mine.position, follow.position);
          return follow;
        }),
      accounts: new Map(),
      wentBack: new Set(),
      members: 0,
      position: 0,
      quiet: undefined,
    };
    return mine;
  }

  function end(mine: Session): void {
    if (session === mine) session = undefined;
    clearTimeout(mine.quiet);
    void mine.followed.then((follow) => follow.stop());
  }

  /** Where its streams are is nowhere in the log as it is now: they end, and who comes next begins another session. */
  function abandon(mine: Session): void {
    if (session === mine) session = undefined;
    for (const wentBack of mine.wentBack) wentBack();
  }

  function deliver(mine: Session, run: PositionedRun): void {
    mine.position = run.scannedTo;
    const byAccount = new Map<string, PositionedStoredEvent[]>();
    for (const event of run.events) entryOf(byAccount, event.account, () => []).push(event);
    for (const [account, events] of byAccount) {
      for (const channel of mine.accounts.get(account)?.values() ?? []) {
        const matching = events.filter(channel.matches);
        if (matching.length > 0) tell(channel, present(matching), run.scannedTo);
      }
    }
    mine.quiet ??= setTimeout(() => {
      mine.quiet = undefined;
      const seen: LiveRun = { events: [], position: mine.position };
      const channels = [...mine.accounts.values()].flatMap((named) => [...named.values()]);
      for (const { listeners } of channels) for (const listener of listeners.keys()) listener(seen);
    }, QUIET_MS).unref();
  }

  function present(events: readonly PositionedStoredEvent[]): readonly PositionedEvent[] {
    return events.map((event) => {
      const known = shown.get(event) ?? positionedEvent(event, registry);
      shown.set(event, known);
      return known;
    });
  }

  return { join, members: () => session?.members ?? 0 };
}

function enter(session: Session, filter: NormalFilter, listener: LiveListener): () => boolean {
  const { audiences, ...shared } = filter;
  const key = JSON.stringify(shared);
  const channels = entryOf(session.accounts, filter.account, () => new Map<string, Channel>());
  const channel = entryOf(channels, key, () => ({
    matches: createMatcher({ ...filter, audiences: null }),
    listeners: new Map(),
  }));
  channel.listeners.set(listener, audiences);
  return () => {
    if (!channel.listeners.delete(listener)) return false;
    if (channel.listeners.size === 0) channels.delete(key);
    if (channels.size === 0) session.accounts.delete(filter.account);
    return true;
  };
}

/** One run for all who may see all of it, and one for each different audience where something is not for everybody. */
function tell({ listeners }: Channel, events: readonly PositionedEvent[], position: number): void {
  const whole: LiveRun = { events, position };
  const forEverybody = events.every((event) => event.audience === null);
  const parts = new Map<string, LiveRun>();
  for (const [listener, audiences] of listeners) {
    if (forEverybody || audiences === null) {
      listener(whole);
      continue;
    }
    const part = entryOf(parts, JSON.stringify(audiences), () => {
      const keys = new Set(audiences);
      return { events: events.filter((event) => maySee(event.audience, keys)), position };
    });
    if (part.events.length > 0) listener(part);
  }
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
