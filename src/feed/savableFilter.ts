import { TidingsError } from "../errors.ts";
import { isEventDefinition } from "../events/defineEvent.ts";
import { entityKey } from "../events/entity.ts";
import { normalFilter, type EntityLike, type EventFilter } from "../events/filter.ts";
import type { Registry } from "../events/registry.ts";

/** What can be saved: a filter of a feed. Not whose account it is, nor who looks. */
export type SavableFilter = Omit<EventFilter, "account" | "viewer">;

/** What a query string takes, so that each saved filter can be asked for over HTTP. */
const MAX_FILTER_BYTES = 8 * 1024;

const ENTITIES = ["of", "actors", "subjects"] as const;
const WORDS = ["types", "categories", "subjectTypes", "lanes", "severities", "kinds"] as const;
const TIMES = ["since", "until"] as const;
const FIELDS: readonly string[] = [...ENTITIES, ...WORDS, ...TIMES];

/** As it is stored. Types stay patterns: `card.*` shall mean also what is defined later. */
export function writtenFilter(filter: SavableFilter, account: string, registry: Registry): string {
  const unknown = Object.entries(filter ?? {}).find(
    ([name, value]) => value !== undefined && !FIELDS.includes(name),
  );
  if (typeof filter !== "object" || filter === null || unknown) {
    throw new TidingsError("INVALID_FILTER", {
      detail: unknown ? `${unknown[0]} is no field of a saved filter` : "the filter must be an object",
      path: ["filter", ...(unknown ? [unknown[0]] : [])],
    });
  }
  normalFilter(filter, account, registry);
  const entities = ENTITIES.map((name) => [name, filter[name] && [filter[name]].flat().map(keyText)]);
  const words = WORDS.map((name) => [
    name,
    filter[name]?.map((value) => (isEventDefinition(value) ? value.type : value)),
  ]);
  const times = TIMES.map((name) => [name, filter[name]?.toISOString()]);
  const written = JSON.stringify(Object.fromEntries([...entities, ...words, ...times]));
  if (Buffer.byteLength(written) > MAX_FILTER_BYTES)
    throw new TidingsError("INVALID_SAVED_FILTER", {
      detail: `the filter has more than ${MAX_FILTER_BYTES} bytes`,
      path: ["filter"],
    });
  return written;
}

/** What was stored, as `feed` takes it. */
export function readFilter(written: string): SavableFilter {
  const { since, until, ...lists } = JSON.parse(written) as WrittenFilter;
  return {
    ...lists,
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}

type WrittenFilter = Omit<SavableFilter, "since" | "until"> & {
  readonly since?: string;
  readonly until?: string;
};

function keyText(value: EntityLike | readonly EntityLike[]): string {
  return typeof value === "string" ? value : entityKey(value as { type: string; id: string });
}
