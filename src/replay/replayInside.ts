import type { Queryable } from "../db/database.ts";
import type { EventKey } from "../log/readEvents.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { actionData, readActions, type StoredAction } from "./actionRecord.ts";
import type { ScannedEvent } from "./scanActions.ts";

/** Events by id. */
export type EventsById = ReadonlyMap<string, StoredAction>;

/**
 * The events of a page, with all that its actions recorded and performed inside, at any depth: at most one query a level, where a
 * look-up an action would cost more than the action.
 */
export async function loadInside(log: Queryable, page: readonly ScannedEvent[]): Promise<EventsById> {
  const inside = new Map<string, StoredAction>(page.map((event) => [event.id, event]));
  let open: readonly StoredAction[] = page;
  while (open.length > 0) {
    const missing = new Map(
      open.flatMap((event) =>
        keysInside(event).flatMap((key) => (inside.has(key.id) ? [] : [[key.id, key]])),
      ),
    );
    open = await readActions(log, [...missing.values()]);
    for (const event of open) inside.set(event.id, event);
  }
  return inside;
}

function keysInside(event: StoredAction): EventKey[] {
  if (event.kind === null) return [];
  const { others, ...first } = actionData(event);
  return [first, ...others].flatMap(({ recorded, performed }) =>
    [...recorded, ...performed].flatMap((each) =>
      "id" in each ? [{ account: each.account ?? event.account, lane: each.lane, id: each.id }] : [],
    ),
  );
}

/** What was performed directly inside an action, in order: its children. */
export function childrenOf(event: StoredAction, inside: EventsById): StoredAction[] {
  if (event.kind === null) return [];
  const { others, ...first } = actionData(event);
  return [first, ...others].flatMap(({ performed }) =>
    performed.flatMap((each) => {
      const child = "id" in each && !each.repeated ? inside.get(each.id) : undefined;
      return child ? [child] : [];
    }),
  );
}

export interface Family {
  /** Whether an event is part of the replay. */
  readonly wants: (event: StoredAction) => boolean;
  readonly lastPosition: number;
  /** Whether the parent of every child is part of the replay: then nobody has to look for it. */
  readonly whole: boolean;
}

/**
 * What of a page is replayed by itself: all but what was performed inside of an action that is replayed too. That one comes later
 * in the log, because an action's event is written at its end.
 */
export async function rootsOf(
  log: Queryable,
  page: readonly ScannedEvent[],
  family: Family,
): Promise<ScannedEvent[]> {
  const wanted = page.filter(family.wants);
  if (wanted.every((event) => parentOf(event) === null)) return wanted;
  const parents = family.whole ? null : await replayedParents(log, page, wanted, family);
  return wanted.filter((event) => {
    const parent = parentOf(event);
    return parent === null || (parents !== null && !parents.has(parent));
  });
}

async function replayedParents(
  log: Queryable,
  page: readonly ScannedEvent[],
  wanted: readonly ScannedEvent[],
  { wants, lastPosition }: Family,
): Promise<ReadonlySet<string>> {
  const here = new Map(page.map((event) => [event.id, event]));
  const parents = new Set<string>();
  const elsewhere = new Map<string, EventKey[]>();
  for (const event of wanted) {
    const parent = parentOf(event);
    if (parent === null) continue;
    const found = here.get(parent);
    if (found && wants(found)) parents.add(parent);
    // In which lane is not known; actions lie in two of them.
    if (!found)
      elsewhere.set(
        parent,
        LANES.map((lane) => ({ account: event.account, lane, id: parent })),
      );
  }
  for (const event of await readActions(log, [...elsewhere.values()].flat())) {
    if (!wants(event)) continue;
    const position = (await positionsOf(log, event.account, [event.id])).get(event.id) ?? Infinity;
    if (position <= lastPosition) parents.add(event.id);
  }
  return parents;
}

const LANES = ["system", "domain"] as const;

function parentOf(event: StoredAction): string | null {
  return event.kind === null ? null : actionData(event).within;
}
