import type { EntityRef } from "../../../src/react/wire.ts";
import { EntityLink } from "../shared/EntityLink.tsx";

/** Where the event is also found: the history of each thing that it is about. */
export function TimelinesTab({ timelines }: { readonly timelines: readonly EntityRef[] }) {
  return (
    <>
      <p className="quiet">It is part of the history of each of these.</p>
      <ul className="entity-list">
        {timelines.map((entity) => (
          <li key={`${entity.type}:${entity.id}`}>
            <EntityLink entity={entity} />
          </li>
        ))}
      </ul>
    </>
  );
}
