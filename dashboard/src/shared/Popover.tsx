import { useEffect, useRef, useState, type ReactNode } from "react";

interface PopoverProps {
  /** The button that opens it names it in its `popoverTarget`. */
  readonly id: string;
  readonly label: string;
  readonly children: ReactNode;
  readonly onClose?: (() => void) | undefined;
}

const GAP = 6;
const MARGIN = 16;

/** A small panel under its button; on a phone it rises from the bottom. The browser closes it on Esc and on a press elsewhere. */
export function Popover({ id, label, children, onClose }: PopoverProps) {
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const closed = useRef(onClose);
  closed.current = onClose;
  useEffect(() => {
    const element = panel.current!;
    const onToggle = (event: Event) => {
      const opens = (event as ToggleEvent).newState === "open";
      setIsOpen(opens);
      if (!opens) closed.current?.();
    };
    element.addEventListener("toggle", onToggle);
    return () => element.removeEventListener("toggle", onToggle);
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    place(panel.current!, document.querySelector(`[popovertarget="${id}"]`));
    panel.current!.querySelector<HTMLElement>("input, button, a")?.focus();
  }, [isOpen, id]);
  return (
    <div ref={panel} id={id} popover="auto" role="dialog" aria-label={label} className="floating popover">
      {isOpen && children}
    </div>
  );
}

export function closePopover(id: string): void {
  document.getElementById(id)?.hidePopover();
}

function place(panel: HTMLElement, button: Element | null): void {
  panel.style.inset = "";
  if (button === null || matchMedia("(max-width: 639px)").matches) return;
  const { left, bottom } = button.getBoundingClientRect();
  const furthest = innerWidth - panel.offsetWidth - MARGIN;
  panel.style.inset = `${bottom + GAP}px auto auto ${Math.max(MARGIN, Math.min(left, furthest))}px`;
  panel.style.maxHeight = `${innerHeight - bottom - GAP - MARGIN}px`;
}
