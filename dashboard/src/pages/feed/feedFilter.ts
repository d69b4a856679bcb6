import type { FeedFilter } from "../../../../src/react/filter.ts";
import type { QueryChange } from "../../frame/place.ts";

/** What the filters of the feed can be set to, in the address. */
export function feedFilterOf(query: URLSearchParams): FeedFilter {
  const list = (name: string) => {
    const values = query.getAll(name).filter((value) => value !== "");
    return values.length > 0 ? values : undefined;
  };
  return {
    types: list("type"),
    actors: list("actor"),
    since: query.get("since") ?? undefined,
    until: query.get("until") ?? undefined,
  };
}

export function queryOfFilter({ types, actors, since, until }: FeedFilter): QueryChange {
  return {
    type: types ?? null,
    actor: actors ?? null,
    since: since ?? null,
    until: until ?? null,
  };
}
