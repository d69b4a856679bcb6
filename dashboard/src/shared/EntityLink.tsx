import type { EntityRef } from "../../../src/react/wire.ts";
import { addressOf } from "../frame/place.ts";
import { PlaceLink } from "../frame/PlaceLink.tsx";

/** To the page of an entity: its name, and what it is written as. */
export function EntityLink({ entity: { type, id, label } }: { readonly entity: EntityRef }) {
  return (
    <PlaceLink to={addressOf(["entities", type, id])} className="entity-link">
      {label !== null && <span>{label}</span>}
      <code className={label === null ? undefined : "quiet"}>{`${type}:${id}`}</code>
    </PlaceLink>
  );
}
