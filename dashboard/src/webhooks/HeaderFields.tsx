import { Plus, Trash2 } from "lucide-react";
import { icon } from "../shared/icon.ts";
import type { HeaderDraft } from "./endpointDraft.ts";

interface HeaderFieldsProps {
  /** Null: those that are set stay. */
  readonly headers: readonly HeaderDraft[] | null;
  /** Of those that are set. */
  readonly names: readonly string[];
  readonly error: string | null;
  readonly onChange: (headers: readonly HeaderDraft[] | null) => void;
}

/** People put tokens into headers, so values are written and never read back. */
export function HeaderFields({ headers, names, error, onChange }: HeaderFieldsProps) {
  return (
    <fieldset className="form-field" data-field="headers">
      <legend>
        Headers of your own <span className="quiet">(optional)</span>
      </legend>
      {headers === null ? (
        <Kept names={names} onReplace={() => onChange(names.map((name) => ({ name, value: "" })))} />
      ) : (
        <>
          {headers.map((header, index) => (
            <HeaderRow
              // Rows have no other identity than their place.
              key={index}
              header={header}
              onChange={(next) => onChange(headers.map((each, at) => (at === index ? next : each)))}
              onRemove={() => onChange(headers.filter((_, at) => at !== index))}
            />
          ))}
          <button
            type="button"
            className="button header-add"
            onClick={() => onChange([...headers, { name: "", value: "" }])}
          >
            <Plus {...icon} />
            Add a header
          </button>
        </>
      )}
      {error !== null && <p className="field-error">{error}</p>}
      <p className="field-hint">Sent with every request. Values are stored sealed and not shown again.</p>
    </fieldset>
  );
}

function Kept({ names, onReplace }: { readonly names: readonly string[]; readonly onReplace: () => void }) {
  return (
    <p className="headers-kept">
      {names.map((name) => (
        <code key={name}>{name}: ••••••</code>
      ))}
      <button type="button" className="button" onClick={onReplace}>
        Replace
      </button>
    </p>
  );
}

interface HeaderRowProps {
  readonly header: HeaderDraft;
  readonly onChange: (header: HeaderDraft) => void;
  readonly onRemove: () => void;
}

function HeaderRow({ header, onChange, onRemove }: HeaderRowProps) {
  return (
    <div className="header-row">
      <input
        aria-label="Header name"
        placeholder="authorization"
        autoComplete="off"
        spellCheck={false}
        value={header.name}
        onChange={(event) => onChange({ ...header, name: event.target.value })}
      />
      <input
        aria-label="Header value"
        placeholder="Bearer …"
        autoComplete="off"
        spellCheck={false}
        value={header.value}
        onChange={(event) => onChange({ ...header, value: event.target.value })}
      />
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove the header ${header.name}`}
        onClick={onRemove}
      >
        <Trash2 {...icon} />
      </button>
    </div>
  );
}
