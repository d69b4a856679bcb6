interface TypedConfirmationProps {
  /** What has to be typed. */
  readonly word: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
}

/** For what cannot be undone: nobody types a name by mistake. */
export function TypedConfirmation({ word, typed, onType }: TypedConfirmationProps) {
  return (
    <label className="field">
      <span>
        Type <b>{word}</b> to confirm
      </span>
      <input
        value={typed}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => onType(event.target.value)}
      />
    </label>
  );
}
