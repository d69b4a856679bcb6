import { entitiesOf, entityKey } from "../events/entity.ts";
import { maySee } from "../events/viewer.ts";
import { recordedAt } from "./eventId.ts";
import type { NormalFilter } from "./findEvents.ts";
import type { StoredEvent } from "./storedEvent.ts";

/** Whether an event in memory is one that `findEvents` would find. One meaning of a filter, in SQL and in memory. */
export function createMatcher(filter: NormalFilter): (event: StoredEvent) => boolean {
  const of = filter.of && new Set(filter.of);
  const types = filter.types && new Set(filter.types);
  const actors = filter.actors && new Set(filter.actors);
  const subjects = filter.subjects && new Set(filter.subjects);
  const subjectTypes = filter.subjectTypes && new Set(filter.subjectTypes);
  const severities = filter.severities && new Set<string>(filter.severities);
  const kinds = filter.kinds && new Set<string | null>(filter.kinds);
  const lanes = new Set<string>(filter.lanes);
  const audiences = filter.audiences && new Set(filter.audiences);
  return (event) =>
    event.account === filter.account &&
    lanes.has(event.lane) &&
    maySee(event.audience, audiences) &&
    (types === null || types.has(event.type)) &&
    (actors === null || actors.has(entityKey(event.actor))) &&
    (subjects === null || subjects.has(entityKey(event.subject))) &&
    (subjectTypes === null || subjectTypes.has(event.subject.type)) &&
    (severities === null || severities.has(event.severity)) &&
    (kinds === null || kinds.has(event.kind)) &&
    (of === null || entitiesOf(event).some((ref) => of.has(entityKey(ref)))) &&
    (filter.since === null || recordedAt(event.id) >= filter.since) &&
    (filter.until === null || recordedAt(event.id) < filter.until);
}
