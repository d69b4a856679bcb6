import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { eventTypes } from "../../dashboardApi/catalog.ts";
import { searchEntities } from "../../dashboardApi/entities.ts";
import { goTo } from "../../frame/place.ts";
import { icon } from "../../shared/icon.ts";
import { useAsked } from "../../shared/useAsked.ts";
import { useSettled } from "../../shared/useSettled.ts";
import type { FilterField } from "./filterFields.ts";
import { addressWithFilter } from "./liveFilter.ts";
import { ValueName } from "./ValueName.tsx";

interface FilterEditorProps {
  readonly field: FilterField;
  readonly values: readonly string[];
  /** Enter, where one answer is all that is wanted. */
  readonly onDone?: (() => void) | undefined;
}

interface Choice {
  readonly value: string;
  /** Null where it has to be asked for. */
  readonly name: string | null;
  readonly about?: string | undefined;
}

/** Ticks take effect at once: the list behind it shows what they do. */
export function FilterEditor({ field, values, onDone }: FilterEditorProps) {
  const [typed, setTyped] = useState("");
  const choices = useChoices(field, typed.trim());
  const search = useRef<HTMLInputElement>(null);
  const hasSearch = typeof field.values === "string";
  useEffect(() => search.current?.focus(), []);
  const toggle = (value: string) => {
    const next = values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
    // Going back undoes a filter, and not each of its ticks.
    const replace = values.length > 0 && next.length > 0;
    goTo(addressWithFilter(field.field, next), { replace });
  };
  // What is ticked stays in sight, also when the search no longer finds it.
  const ticked = values.filter((value) => !choices.some((choice) => choice.value === value));
  const shown: readonly Choice[] = [...ticked.map((value) => ({ value, name: null })), ...choices];
  return (
    <div className="filter-editor">
      {hasSearch && (
        <label className="filter-search">
          <Search {...icon} />
          <span className="visually-hidden">{field.name}</span>
          <input
            ref={search}
            value={typed}
            placeholder={field.values === "types" ? "card.moved or card.*" : "A name, or type:id"}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              const best = choices[0];
              if (event.key !== "Enter" || best === undefined) return;
              // Closing gives the focus to the button that opened it, which the same press would press.
              event.preventDefault();
              if (!values.includes(best.value)) toggle(best.value);
              onDone?.();
            }}
          />
        </label>
      )}
      <div className="filter-choices" role="group" aria-label={field.name}>
        {shown.map(({ value, name, about }) => (
          <label key={value} className="filter-choice">
            <input type="checkbox" checked={values.includes(value)} onChange={() => toggle(value)} />
            <span>
              {name ?? <ValueName field={field} value={value} />}
              {about && <span className="quiet"> {about}</span>}
            </span>
          </label>
        ))}
        {shown.length === 0 && <p className="quiet filter-nothing">Nothing by this name.</p>}
      </div>
    </div>
  );
}

const MOST = 50;

function useChoices(field: FilterField, typed: string): readonly Choice[] {
  const settled = useSettled(typed);
  const wantsEntities = field.values === "entities";
  const types = useAsked(field.values === "types" ? "types" : null, eventTypes).answer;
  const entities = useAsked(wantsEntities ? settled : null, () => searchEntities(settled)).answer;
  if (wantsEntities) {
    return (entities?.items ?? []).map(({ entity: { type, id, label } }) => {
      const key = `${type}:${id}`;
      return { value: key, name: label ?? key, about: label === null ? undefined : key };
    });
  }
  if (field.values !== "types")
    return (field.values as readonly string[]).map((value) => ({ value, name: value }));
  const names = (types ?? []).map(({ type }) => type);
  const categories = [...new Set(names.map((name) => `${name.split(".")[0]}.*`))];
  return [...names, ...categories]
    .filter((name) => name.includes(typed.toLowerCase()))
    .toSorted()
    .slice(0, MOST)
    .map((name) => ({ value: name, name }));
}
