import { X } from "lucide-react";
import type { FormEvent, ReactNode } from "react";
import { Dialog } from "./Dialog.tsx";
import { icon } from "./icon.ts";

interface DialogFrameProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The buttons; the one that does it comes last. */
  readonly actions?: ReactNode | undefined;
  readonly onSubmit?: (() => void) | undefined;
  /** Left out where the dialog is closed by its own button only. */
  readonly onClose?: (() => void) | undefined;
}

/** A question or a notice: title, words, buttons. On a phone it rises from the bottom. */
export function DialogFrame({ title, children, actions, onSubmit, onClose }: DialogFrameProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <Dialog className="notice" label={title} onClose={onClose ?? (() => undefined)}>
      <form className="notice-form" onSubmit={submit}>
        <div className="notice-head">
          <h2>{title}</h2>
          {onClose && (
            <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
              <X {...icon} />
            </button>
          )}
        </div>
        {children}
        {actions && <div className="notice-actions">{actions}</div>}
      </form>
    </Dialog>
  );
}
