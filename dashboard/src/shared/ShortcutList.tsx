import { DialogFrame } from "./DialogFrame.tsx";

/** What every page can be used with; `more` are the page's own. */
const everywhere: readonly Shortcut[] = [
  ["j, k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["Esc", "Close what is open"],
  ["/", "Go to the filters"],
  ["?", "This list"],
];

export type Shortcut = readonly [keys: string, what: string];

interface ShortcutListProps {
  readonly more?: readonly Shortcut[] | undefined;
  readonly onClose: () => void;
}

export function ShortcutList({ more = [], onClose }: ShortcutListProps) {
  return (
    <DialogFrame title="Keys" onClose={onClose}>
      <dl className="shortcuts">
        {[...more, ...everywhere].map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </DialogFrame>
  );
}
