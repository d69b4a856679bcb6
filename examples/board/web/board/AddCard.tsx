import { Plus } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";

interface AddCardProps {
  readonly columnName: string;
  readonly onAdd: (title: string) => Promise<boolean>;
}

/** Stays open after Enter, because cards come in threes; Esc or an empty field closes it. */
export function AddCard({ columnName, onAdd }: AddCardProps) {
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState("");
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);

  useEffect(() => {
    if (!open && wasOpen.current) opener.current?.focus();
    wasOpen.current = open;
  }, [open]);

  if (!open) {
    return (
      <button ref={opener} type="button" className="add-card" onClick={() => setOpen(true)}>
        <Plus size={16} strokeWidth={1.75} aria-hidden />
        Add a card<span className="visually-hidden"> to {columnName}</span>
      </button>
    );
  }
  const add = async () => {
    if (title.trim() === "") return setOpen(false);
    if (await onAdd(title.trim())) setTitle("");
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void add();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") return setOpen(false);
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    void add();
  };
  return (
    <form className="add-card-form" onSubmit={onSubmit}>
      <textarea
        autoFocus
        rows={2}
        maxLength={200}
        aria-label={`Title of the new card in ${columnName}`}
        placeholder="What needs to be done?"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="form-row">
        <button type="submit" className="button button-primary">
          Add card
        </button>
        <button type="button" className="button button-bare" onClick={() => setOpen(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
