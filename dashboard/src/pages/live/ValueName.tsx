import { searchEntities } from "../../dashboardApi/entities.ts";
import { useAsked } from "../../shared/useAsked.ts";
import type { FilterField } from "./filterFields.ts";

interface ValueNameProps {
  readonly field: FilterField;
  readonly value: string;
}

/** What a value of a filter is called: of an entity, written `type:id` in the address, its name where it has one. */
export function ValueName({ field, value }: ValueNameProps) {
  const { answer } = useAsked(field.values === "entities" ? value : null, () =>
    searchEntities(value, { limit: 1 }),
  );
  const found = answer?.items[0]?.entity;
  return found !== undefined && `${found.type}:${found.id}` === value ? (found.label ?? value) : value;
}
