import type { ReactElement } from "react";

export interface FilterOptionProps {
  readonly label: string;
  readonly count: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** With a name only one of those that share it is chosen. */
  readonly radioName?: string | undefined;
}

export function FilterOption({
  label,
  count,
  checked,
  onChange,
  radioName,
}: FilterOptionProps): ReactElement {
  return (
    <label className="tidings-option">
      <input
        type={radioName === undefined ? "checkbox" : "radio"}
        name={radioName}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
      <span className="tidings-count">{count}</span>
    </label>
  );
}
