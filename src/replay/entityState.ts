import { checkEventsVisibleOnce } from "../db/grants.ts";
import { TidingsError } from "../errors.ts";
import type { Lane } from "../events/defineEvent.ts";
import { normalFilter, type EntityLike } from "../events/filter.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { stepsByType, type AnyStateReducer, type FoldedEvent } from "../events/stateReducer.ts";
import type { Viewer } from "../events/viewer.ts";
import { findEvents } from "../log/findEvents.ts";
import { readColumns } from "../log/readEvents.ts";
import { fold, type FoldDependencies } from "./fold.ts";
import type { ReplayUntil } from "./until.ts";

/** An entity: its kind and its id. */
export interface StateOf {
  readonly type: string;
  readonly id: string;
}

export interface StateReading {
  readonly account: string;
  /** Whose events it is made of: those that this one may see. Default: all of them. */
  readonly viewer?: Viewer | undefined;
}

/** What the events of an entity add up to at a moment. */
export interface EntityState {
  /** As the reducer of its definition makes it; its `initial` before the first event. */
  readonly state: unknown;
  /** The same before the last of the events; null where there is no such event. */
  readonly before: unknown;
  /** The last event that is in it; null before the first. */
  readonly event: RecordedEvent | null;
  /** How many are in it. */
  readonly events: number;
}

/**
 * Folds what the viewer may see, up to a moment, by the `state` of the entity's definition. Throws STATE_NOT_DEFINED,
 * ENTITY_NOT_FOUND where there is no such event at all, EVENT_NOT_FOUND, and what `fold` throws.
 */
export async function entityState(
  dependencies: FoldDependencies,
  entity: StateOf,
  { until, ...reading }: StateReading & { readonly until?: ReplayUntil | undefined },
): Promise<EntityState> {
  reducerOf(dependencies.registry, entity);
  const { items } = await stateMoments(dependencies, entity, reading, 1);
  if (items.length === 0) throw new TidingsError("ENTITY_NOT_FOUND", { detail: entityText(entity) });
  const now = await foldSeen(dependencies, entity, { ...reading, until });
  if (now.previous === null)
    return { ...seenState(now), before: now.event && initialOf(dependencies, entity) };
  const { state: before } = await foldSeen(dependencies, entity, {
    ...reading,
    until: { eventId: now.previous },
  });
  return { ...seenState(now), before };
}

/** A moment at which the state may have changed. */
export interface StateMoment {
  readonly id: string;
  readonly type: string;
  readonly at: Date;
}

/** A slider has a place for each, and nobody tells more of them apart. */
const MOST_MOMENTS = 500;

export interface StateMoments {
  /** False for a kind of entity that has no state. */
  readonly defined: boolean;
  readonly items: readonly StateMoment[];
  readonly complete: boolean;
}

/** The events that a state is made of, the oldest first: the newest 500 where there are more. */
export async function stateMoments(
  { db, registry }: Pick<FoldDependencies, "db" | "registry">,
  entity: StateOf,
  { account, viewer }: StateReading,
  limit = MOST_MOMENTS,
): Promise<StateMoments> {
  const reducer = registry.entities.get(entity.type)?.options.state;
  if (!reducer) return { defined: false, items: [], complete: true };
  const filter = normalFilter(
    { subjects: [entity], types: typesOf(reducer), lanes: lanesOf(registry, reducer), viewer },
    account,
    registry,
  );
  await checkEventsVisibleOnce(db);
  const { keys } = await findEvents(db, filter, { limit: limit + 1 });
  const shown = keys.slice(0, limit);
  const rows = await readColumns<{ id: string; type: string; at: number }>(
    db,
    "e.id::text, e.type, extract(epoch from e.occurred_at)::float8 * 1000 as at",
    shown,
  );
  const items = rows
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, type, at }) => ({ id, type: registry.find(type)?.type ?? type, at: new Date(at) }));
  return { defined: true, items, complete: keys.length <= limit };
}

/** A state with what it is made of: folded along, so that both begin anew where the fold does. */
interface Seen {
  readonly state: unknown;
  readonly events: number;
  readonly event: RecordedEvent | null;
  /** The event before the last one. */
  readonly previous: string | null;
}

async function foldSeen(
  dependencies: FoldDependencies,
  entity: StateOf,
  { account, viewer, until }: StateReading & { readonly until?: ReplayUntil | undefined },
): Promise<Seen> {
  const { registry } = dependencies;
  const reducer = reducerOf(registry, entity);
  const on = stepsByType(reducer).map(([type, step]) => {
    const seen = (before: Seen, event: FoldedEvent): Seen => ({
      state: step(before.state, event),
      events: before.events + 1,
      event,
      previous: before.event?.id ?? null,
    });
    return [type, seen] as const;
  });
  const initial: Seen = { state: reducer.initial, events: 0, event: null, previous: null };
  const options = { account, viewer, until, lanes: lanesOf(registry, reducer) };
  return (await fold(dependencies, entityText(entity), { initial, on: Object.fromEntries(on) }, options))
    .state;
}

function seenState({ state, event, events }: Seen): Omit<EntityState, "before"> {
  return { state, event, events };
}

function initialOf({ registry }: FoldDependencies, entity: StateOf): unknown {
  return structuredClone(reducerOf(registry, entity).initial);
}

function reducerOf(registry: Registry, { type }: StateOf): AnyStateReducer {
  const reducer = registry.entities.get(type)?.options.state;
  if (reducer) return reducer;
  throw new TidingsError("STATE_NOT_DEFINED", { detail: `"${type.slice(0, 50)}"` });
}

/** Wherever the types of its reducer are recorded. */
function lanesOf(registry: Registry, reducer: AnyStateReducer): readonly Lane[] {
  return [...new Set(typesOf(reducer).flatMap((type) => registry.find(type)?.lane ?? []))];
}

function typesOf(reducer: AnyStateReducer): string[] {
  return stepsByType(reducer).map(([type]) => type);
}

function entityText({ type, id }: StateOf): EntityLike & string {
  return `${type}:${id}`;
}
