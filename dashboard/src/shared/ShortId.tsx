import { CopyButton } from "./CopyButton.tsx";

/** Shortened in the middle, whole on hover, one click copies it. */
export function ShortId({ id, what }: { readonly id: string; readonly what: string }) {
  return (
    <span className="short-id">
      <code title={id}>{id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id}</code>
      <CopyButton text={id} what={what} />
    </span>
  );
}
