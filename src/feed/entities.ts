import type { EntityLike } from "../events/filter.ts";
import { createEntityOverview, type EntityOverview, type EntityQuery } from "./entityOverview.ts";
import {
  createEntitySearch,
  type EntityDependencies,
  type EntitySearch,
  type FoundEntities,
} from "./entitySearch.ts";

/** What the log knows of things, found by name. */
export interface Entities {
  /**
   * Entities that the newest 5,000 events are about which the viewer may see, among the newest 20,000 of each lane; `type:id` is
   * found however old it is. The best match first, then the latest. Throws INVALID_FILTER.
   */
  search(query?: EntitySearch): Promise<FoundEntities>;
  /** One entity at a glance. Throws ENTITY_NOT_FOUND where no event is about it. */
  overview(entity: EntityLike, query?: EntityQuery): Promise<EntityOverview>;
}

export function createEntities(dependencies: EntityDependencies): Entities {
  return { search: createEntitySearch(dependencies), overview: createEntityOverview(dependencies) };
}
