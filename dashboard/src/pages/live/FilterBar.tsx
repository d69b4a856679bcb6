import { Plus, X } from "lucide-react";
import { useState } from "react";
import { addressWith, goTo } from "../../frame/place.ts";
import { icon } from "../../shared/icon.ts";
import { closePopover, Popover } from "../../shared/Popover.tsx";
import { FilterEditor } from "./FilterEditor.tsx";
import { filterFields, type FilterField } from "./filterFields.ts";
import { ValueName } from "./ValueName.tsx";
import { addressWithFilter, filterKeys, isFiltered, type LiveFilter } from "./liveFilter.ts";

/** Chips that can be added, changed and taken away. The address holds them. */
export function FilterBar({ filter }: { readonly filter: LiveFilter }) {
  const used = filterFields.filter(({ field }) => filter[field].length > 0);
  return (
    <>
      {used.map((field) => (
        <FilterChip key={field.field} field={field} values={filter[field.field]} />
      ))}
      <AddFilter filter={filter} />
      {isFiltered(filter) && (
        <button type="button" className="link-button" onClick={clearFilters}>
          Clear
        </button>
      )}
    </>
  );
}

export function clearFilters(): void {
  goTo(addressWith(Object.fromEntries(Object.values(filterKeys).map((key) => [key, null]))));
}

interface FilterChipProps {
  readonly field: FilterField;
  readonly values: readonly string[];
}

function FilterChip({ field, values }: FilterChipProps) {
  const id = `filter-${field.field}`;
  const [first, ...more] = values;
  return (
    <span className="filter-chip">
      <button type="button" popoverTarget={id}>
        {field.name}{" "}
        <b>
          <ValueName field={field} value={first!} />
        </b>
        {more.length > 0 && ` +${more.length}`}
      </button>
      <button
        type="button"
        className="filter-remove"
        aria-label={`Remove the filter ${field.name}`}
        onClick={() => goTo(addressWithFilter(field.field, []))}
      >
        <X {...icon} size={14} />
      </button>
      <Popover id={id} label={field.name}>
        <FilterEditor field={field} values={values} />
      </Popover>
    </span>
  );
}

function AddFilter({ filter }: { readonly filter: LiveFilter }) {
  const [chosen, setChosen] = useState<FilterField | null>(null);
  return (
    <>
      <button type="button" className="chip chip-add" popoverTarget="add-filter" data-filter>
        <Plus {...icon} size={14} />
        Filter
      </button>
      <Popover id="add-filter" label={chosen?.name ?? "Add a filter"} onClose={() => setChosen(null)}>
        {chosen ? (
          <FilterEditor
            field={chosen}
            values={filter[chosen.field]}
            onDone={() => closePopover("add-filter")}
          />
        ) : (
          <ul className="filter-menu">
            {filterFields.map((field) => (
              <li key={field.field}>
                <button type="button" onClick={() => setChosen(field)}>
                  {field.name}
                  <span className="quiet">{field.about}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popover>
    </>
  );
}
