import { DialogFrame } from "../shared/DialogFrame.tsx";

const shortcuts = [
  ["j, k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["Esc", "Close what is open"],
  ["/", "Go to the filters"],
  ["?", "This list"],
] as const;

export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  return (
    <DialogFrame title="Keys" onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(([keys, what]) => (
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
