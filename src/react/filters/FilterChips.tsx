import type { ReactElement } from "react";
import { useFilterWords } from "./filterWords.ts";

export interface FilterChip {
  readonly key: string;
  readonly label: string;
  readonly remove: () => void;
}

/** What is filtered by, each to be taken away. */
export function FilterChips({
  chips,
  onClear,
}: {
  chips: readonly FilterChip[];
  onClear: () => void;
}): ReactElement | null {
  const words = useFilterWords();
  if (chips.length === 0) return null;
  return (
    <ul className="tidings-chips">
      {chips.map(({ key, label, remove }) => (
        <li key={key}>
          <button type="button" className="tidings-chip" aria-label={words.remove(label)} onClick={remove}>
            {label}
          </button>
        </li>
      ))}
      <li>
        <button type="button" className="tidings-plain" onClick={onClear}>
          {words.clear}
        </button>
      </li>
    </ul>
  );
}
