import type { Database } from "../db/database.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { readEffects } from "../log/readEffects.ts";
import { readEvents } from "../log/readEvents.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { chainOf, readCauseLinks, withoutHiddenCauses } from "./hiddenCauses.ts";
import { recordedEvent, type RecordedEvent } from "./recordedEvent.ts";
import type { Registry } from "./registry.ts";
import { maySee } from "./viewer.ts";

/** What led to an event, and what it led to. */
export interface EventTrace {
  readonly event: RecordedEvent;
  /** Null in the moment between commit and numbering, and when retention has taken the position. */
  readonly position: number | null;
  /** The nearest first, 32 at most. */
  readonly causes: readonly RecordedEvent[];
  /** Oldest first, 200 in the whole tree at most. */
  readonly effects: readonly EventEffect[];
  /** True when there are more effects than the tree holds. */
  readonly truncated: boolean;
}

export interface EventEffect {
  readonly event: RecordedEvent;
  readonly effects: readonly EventEffect[];
}

export interface TraceDependencies {
  readonly db: Database;
  readonly registry: Registry;
}

/** Traces an event that may be seen. What a viewer may not see is left out, and what comes after it moves up. */
export async function traceEvent(
  { db, registry }: TraceDependencies,
  stored: StoredEvent,
  audiences: readonly string[] | null,
): Promise<EventTrace> {
  const keys = audiences && new Set(audiences);
  const chain = chainOf(stored, await readCauseLinks(db, [stored]));
  const visible = chain.filter(({ audience }) => maySee(audience, keys));
  const { links, truncated } = await readEffects(db, stored, keys);
  const found = await readEvents(db, [...visible, ...links]);
  const all = [stored, ...found].map((event) => recordedEvent(event, registry));
  const shown = new Map(
    (await withoutHiddenCauses(db, all, audiences)).map((event) => [event.id, event] as const),
  );
  const effectsOf = (id: string): EventEffect[] =>
    links
      .filter(({ under }) => under === id)
      .flatMap((link) => {
        const event = shown.get(link.id);
        return event ? [{ event, effects: effectsOf(link.id) }] : [];
      });
  return {
    event: shown.get(stored.id)!,
    position: (await positionsOf(db, stored.account, [stored.id])).get(stored.id) ?? null,
    causes: visible.flatMap(({ id }) => shown.get(id) ?? []),
    effects: effectsOf(stored.id),
    truncated,
  };
}
