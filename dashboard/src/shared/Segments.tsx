import { useId } from "react";

interface SegmentsProps<Id extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: Id; readonly name: string }[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
  /** Shows the label above. Default: only screen readers hear it. */
  readonly showsLabel?: boolean | undefined;
}

/** One of a few, all of them in sight. */
export function Segments<Id extends string>({
  label,
  options,
  chosen,
  onChoose,
  showsLabel = false,
}: SegmentsProps<Id>) {
  const name = useId();
  return (
    <fieldset className="segments">
      <legend className={showsLabel ? undefined : "visually-hidden"}>{label}</legend>
      {options.map((option) => (
        <label key={option.id}>
          <input
            type="radio"
            name={name}
            checked={option.id === chosen}
            onChange={() => onChoose(option.id)}
            className="visually-hidden"
          />
          <span>{option.name}</span>
        </label>
      ))}
    </fieldset>
  );
}
