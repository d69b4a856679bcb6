import { useId, type ReactNode } from "react";

interface FieldProps {
  /** Of the setting, as the server calls it when it refuses the value. */
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode | undefined;
  readonly optional?: boolean | undefined;
  readonly error: string | null;
  readonly children: (ids: FieldIds) => ReactNode;
}

export interface FieldIds {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean | undefined;
}

/** Label, control, what is wrong, and a hint, tied together for those who hear the page. */
export function Field({ name, label, hint, optional = false, error, children }: FieldProps) {
  const id = useId();
  const described = [error !== null && `${id}-error`, hint !== undefined && `${id}-hint`].filter(Boolean);
  return (
    <div className="form-field" data-field={name}>
      <label htmlFor={id}>
        {label}
        {optional && <span className="quiet"> (optional)</span>}
      </label>
      {children({
        id,
        "aria-describedby": described.length > 0 ? described.join(" ") : undefined,
        "aria-invalid": error !== null || undefined,
      })}
      {error !== null && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
