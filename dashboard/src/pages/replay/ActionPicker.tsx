import type { ReplaySetup } from "../../dashboardApi/replays.ts";

interface ActionPickerProps {
  readonly actions: ReplaySetup["actions"];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** All of them, unless some are pressed. */
export function ActionPicker({ actions, chosen, onChange }: ActionPickerProps) {
  // A link may name an action that this version of the app has no more.
  const names = [...new Set([...actions.map(({ type }) => type), ...chosen])];
  const toggle = (name: string) =>
    onChange(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <details className="replay-actions" open={chosen.length > 0 || undefined}>
      <summary>
        {chosen.length === 0
          ? `All ${actions.length.toLocaleString()} actions`
          : `${chosen.length.toLocaleString()} of ${names.length.toLocaleString()} actions`}
      </summary>
      <div className="replay-chips" role="group" aria-label="Actions">
        {names.map((name) => (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={chosen.includes(name)}
            onClick={() => toggle(name)}
          >
            {name}
          </button>
        ))}
      </div>
    </details>
  );
}
