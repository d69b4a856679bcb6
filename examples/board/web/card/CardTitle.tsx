import { type KeyboardEvent, useEffect, useRef, useState } from "react";

interface CardTitleProps {
  readonly title: string;
  readonly onRename: (title: string) => Promise<unknown>;
}

/** The heading is the field: Enter or leaving it renames, Esc restores. */
export function CardTitle({ title, onRename }: CardTitleProps) {
  const [draft, setDraft] = useState(title);
  const editing = useRef(false);
  // Renamed in another window, unless this one is being typed in.
  useEffect(() => {
    if (!editing.current) setDraft(title);
  }, [title]);

  const finish = async () => {
    editing.current = false;
    const next = draft.trim();
    if (next === "" || next === title) return setDraft(title);
    if ((await onRename(next)) === null) setDraft(title);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter") {
      event.preventDefault();
      event.currentTarget.blur();
    } else if (event.key === "Escape" && draft !== title) {
      event.preventDefault();
      event.stopPropagation();
      setDraft(title);
    }
  };
  return (
    <textarea
      className="title-field"
      aria-label="Title"
      rows={1}
      maxLength={200}
      value={draft}
      onFocus={() => (editing.current = true)}
      onChange={(event) => setDraft(event.target.value.replaceAll("\n", " "))}
      onBlur={() => void finish()}
      onKeyDown={onKeyDown}
    />
  );
}
