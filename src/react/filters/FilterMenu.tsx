import { useRef, type FocusEvent, type KeyboardEvent, type ReactElement, type ReactNode } from "react";

export interface FilterMenuProps {
  readonly label: string;
  /** How many are chosen. */
  readonly chosen?: number | undefined;
  readonly children: ReactNode;
}

/** A button that opens a panel. The element is the browser's own; Escape and leaving close it, as people expect of a menu. */
export function FilterMenu({ label, chosen = 0, children }: FilterMenuProps): ReactElement {
  const details = useRef<HTMLDetailsElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !details.current!.open) return;
    event.stopPropagation();
    details.current!.open = false;
    details.current!.querySelector("summary")!.focus();
  };
  const onBlur = (event: FocusEvent) => {
    // Without a target the window lost the focus, or something was pressed that takes none.
    if (event.relatedTarget !== null && !details.current!.contains(event.relatedTarget))
      details.current!.open = false;
  };
  return (
    <details ref={details} className="tidings-menu" name="tidings-menu" onKeyDown={onKeyDown} onBlur={onBlur}>
      <summary className="tidings-button">
        {label}
        {chosen > 0 && <span className="tidings-count">{chosen}</span>}
      </summary>
      <div className="tidings-panel">{children}</div>
    </details>
  );
}
