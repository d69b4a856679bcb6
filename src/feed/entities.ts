import type { EntityLike } from "../events/filter.ts";
import { createEntityOverview, type EntityOverview, type EntityQuery } from "./entityOverview.ts";
import {
  createEntitySearch,
  type EntityDependencies,
  type EntitySearch,
  type FoundEntity,
} from "./entitySearch.ts";

/** What the log knows of things, found by name. */
export interface Entities {
  /**
   * Entities that the newest 5,000 events of the account are about; `type:id` is found however old it is. The best
   * match first, then the latest. Throws INVALID_FILTER.
   */
  search(query?: EntitySearch): Promise<FoundEntity[]>;
  /** One entity at a glance. Throws ENTITY_NOT_FOUND where no event is about it. */
  overview(entity: EntityLike, query?: EntityQuery): Promise<EntityOverview>;
}

export function createEntities(dependencies: EntityDependencies): Entities {
  return { search: createEntitySearch(dependencies), overview: createEntityOverview(dependencies) };
}
