import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";

/** Quiet, at the right end of the board. */
export function AddColumn({ onAdd }: { readonly onAdd: (name: string) => Promise<boolean> }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  if (!open) {
    return (
      <button
        type="button"
        className="icon-button add-column"
        aria-label="Add a column"
        onClick={() => setOpen(true)}
      >
        <Plus size={18} strokeWidth={1.75} aria-hidden />
      </button>
    );
  }
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "" && !(await onAdd(name.trim()))) return;
    setName("");
    setOpen(false);
  };
  return (
    <form className="add-column-form" onSubmit={onSubmit}>
      <input
        autoFocus
        maxLength={60}
        aria-label="Name of the new column"
        placeholder="Name of the column"
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
      />
      <button type="submit" className="button">
        Add
      </button>
    </form>
  );
}
