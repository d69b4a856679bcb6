import { useAnswer, type Answer } from "../client/useAnswer.ts";
import { filterQuery, joined, queryOf, type FeedFilter } from "../filter.ts";
import { useZone } from "../time/useZone.ts";
import type { Facets } from "../wire.ts";

/** What a feed can be filtered by, with how many there are of each. Days are those of the reader's zone. */
export function useFacets(filter?: FeedFilter): Answer<Facets> {
  const timeZone = useZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return useAnswer("/feed/facets", joined(filterQuery(filter), queryOf({ timeZone })));
}
