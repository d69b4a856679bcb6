import { useState, type FormEvent, type ReactElement } from "react";
import { RequestFailed } from "../client/requestFailed.ts";
import type { FeedFilter } from "../filter.ts";
import { FilterMenu } from "./FilterMenu.tsx";
import { useSavedFilters } from "./useSavedFilters.ts";
import { useFilterWords } from "./filterWords.ts";

export interface SavedFilterMenuProps {
  readonly value: FeedFilter;
  readonly isFiltered: boolean;
  readonly onChange: (filter: FeedFilter) => void;
}

/** The filters that the reader and others keep under a name; the present one is kept here. */
export function SavedFilterMenu({ value, isFiltered, onChange }: SavedFilterMenuProps): ReactElement {
  const words = useFilterWords();
  const { filters, failure, save, remove } = useSavedFilters();
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const [refused, setRefused] = useState<RequestFailed | null>(null);
  const attempt = (work: Promise<void>) =>
    work.then(
      () => setRefused(null),
      (error: unknown) => {
        if (!(error instanceof RequestFailed)) throw error;
        setRefused(error);
      },
    );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(save(name, value, isShared).then(() => setName("")));
  };
  const problem = refused ?? failure;
  return (
    <FilterMenu label={words.saved}>
      {problem !== null && (
        <p role="alert" className="tidings-refused">
          {problem.message} <code>{problem.code}</code>
        </p>
      )}
      <ul>
        {filters.map((saved) => (
          <li key={saved.id} className="tidings-saved">
            <button type="button" className="tidings-plain" onClick={() => onChange(saved.filter)}>
              {saved.name}
            </button>
            {saved.own && (
              <button
                type="button"
                className="tidings-delete"
                aria-label={words.deleteFilter(saved.name)}
                onClick={() => void attempt(remove(saved.id))}
              />
            )}
          </li>
        ))}
      </ul>
      {isFiltered ? (
        <form className="tidings-save" onSubmit={onSubmit}>
          <label>
            {words.filterName}
            <input value={name} maxLength={100} required onChange={(event) => setName(event.target.value)} />
          </label>
          <label className="tidings-option">
            <input type="checkbox" checked={isShared} onChange={(event) => setShared(event.target.checked)} />
            <span>{words.shareFilter}</span>
          </label>
          <button type="submit" className="tidings-button">
            {words.save}
          </button>
        </form>
      ) : (
        filters.length === 0 && <p className="tidings-nothing">{words.noneSaved}</p>
      )}
    </FilterMenu>
  );
}
