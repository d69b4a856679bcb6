import { SelectField } from "../shared/SelectField.tsx";
import { newHistory, type HistoryDraft } from "./historyDraft.ts";

const starts: readonly { readonly id: HistoryDraft["from"]; readonly name: string }[] = [
  { id: "day", name: "The last 24 hours" },
  { id: "week", name: "The last 7 days" },
  { id: "start", name: "All that is kept" },
  { id: "time", name: "From a time on" },
  { id: "position", name: "After a position in the log" },
];

interface HistoryChoiceProps {
  readonly draft: HistoryDraft | null;
  readonly onChange: (draft: HistoryDraft | null) => void;
}

/** For a new endpoint: what comes, or what was before as well. */
export function HistoryChoice({ draft, onChange }: HistoryChoiceProps) {
  return (
    <fieldset className="form-field">
      <legend>From when on</legend>
      <div className="choices">
        <label className="choice">
          <input
            type="checkbox"
            checked={draft !== null}
            onChange={(event) => onChange(event.target.checked ? newHistory : null)}
          />
          <span>
            Send history as well <span className="quiet">otherwise it hears of what happens from now on</span>
          </span>
        </label>
      </div>
      {draft && <HistoryFields draft={draft} onChange={onChange} />}
    </fieldset>
  );
}

interface HistoryFieldsProps {
  readonly draft: HistoryDraft;
  readonly onChange: (draft: HistoryDraft) => void;
}

export function HistoryFields({ draft, onChange }: HistoryFieldsProps) {
  return (
    <div className="form-pair">
      <SelectField
        label="History"
        value={draft.from}
        options={starts}
        onChange={(from) => onChange({ ...draft, from: from as HistoryDraft["from"] })}
      />
      {draft.from === "time" && (
        <label className="field">
          <span>Time</span>
          <input
            type="datetime-local"
            value={draft.time}
            onChange={(event) => onChange({ ...draft, time: event.target.value })}
          />
        </label>
      )}
      {draft.from === "position" && (
        <label className="field">
          <span>Position</span>
          <input
            inputMode="numeric"
            placeholder="0"
            value={draft.position}
            onChange={(event) => onChange({ ...draft, position: event.target.value })}
          />
        </label>
      )}
    </div>
  );
}
