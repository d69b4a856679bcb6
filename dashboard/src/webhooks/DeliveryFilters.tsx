import { ChevronDown, X } from "lucide-react";
import { deliveryStates, type DeliveryState } from "./api.ts";
import type { ReactNode } from "react";
import { icon } from "../shared/icon.ts";
import { useAsked } from "../shared/useAsked.ts";
import { stateWords } from "./deliveryWords.ts";
import { sinceNames, type SinceName } from "./place.ts";
import { useWebhooks } from "./host.ts";

const sinceWords: Readonly<Record<SinceName, string>> = {
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
};

/** Any of the chosen states, and the type, and the time. All of it stands in the address. */
export function DeliveryFilters() {
  const { api, goTo, place } = useWebhooks();
  const { states, type, since } = place;
  const { answer: types } = useAsked("event types", api.eventTypes);
  const toggle = (state: DeliveryState) =>
    goTo(
      { states: states.includes(state) ? states.filter((each) => each !== state) : [...states, state] },
      { replace: true },
    );
  return (
    <div className="filters">
      <div className="chips" role="group" aria-label="States">
        {deliveryStates.map((state, index) => (
          <button
            key={state}
            type="button"
            className="chip"
            data-filter={index === 0 ? "" : undefined}
            aria-pressed={states.includes(state)}
            onClick={() => toggle(state)}
          >
            {stateWords[state].word}
            {states.includes(state) && <X {...icon} size={12} />}
          </button>
        ))}
      </div>
      <FilterSelect
        label="Event"
        value={type ?? ""}
        onChange={(value) => goTo({ type: value || null }, { replace: true })}
      >
        <option value="">Every event</option>
        {[...new Set([...(types ?? []).map((each) => each.type), ...(type === null ? [] : [type])])].map(
          (each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ),
        )}
      </FilterSelect>
      <FilterSelect
        label="Time"
        value={since ?? ""}
        onChange={(value) => goTo({ since: (value || null) as SinceName | null }, { replace: true })}
      >
        <option value="">Any time</option>
        {Object.keys(sinceNames).map((name) => (
          <option key={name} value={name}>
            {sinceWords[name as SinceName]}
          </option>
        ))}
      </FilterSelect>
    </div>
  );
}

interface FilterSelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

function FilterSelect({ label, value, onChange, children }: FilterSelectProps) {
  return (
    <span className="select filter-select">
      <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <ChevronDown {...icon} />
    </span>
  );
}
