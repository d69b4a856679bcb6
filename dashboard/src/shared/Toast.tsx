import { useEffect, useState } from "react";

export interface Said {
  readonly text: string;
  readonly undo?: (() => Promise<void>) | undefined;
}

/** Long enough to read it and to reach the button. */
const SHOWN_MS = 8_000;

export function Toast({ said, onDone }: { readonly said: Said | null; readonly onDone: () => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (said === null || held) return;
    const timer = setTimeout(onDone, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said, held, onDone]);
  return (
    <div role="status">
      {said && (
        <div
          className="toast"
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <span>{said.text}</span>
          {said.undo && (
            <button
              type="button"
              className="toast-undo"
              onClick={() => {
                void said.undo!();
                onDone();
              }}
            >
              Undo
            </button>
          )}
        </div>
      )}
    </div>
  );
}
