import type { PositionedEvent } from "../events/recordedEvent.ts";

/** Makes a chunk of text, or gives the one that another stream had made of the same run of events in the same form. */
export type SharedChunks = (
  run: readonly PositionedEvent[],
  form: string,
  make: () => Promise<string>,
) => Promise<string>;

/**
 * Streams with one filter get the same runs: what twenty of them send is rendered once. Kept as long as a stream holds the
 * run. A chunk that cannot be made fails the streams that wait for it, and nobody after them.
 */
export function createSharedChunks(): SharedChunks {
  const chunks = new WeakMap<readonly PositionedEvent[], Map<string, Promise<string>>>();
  return (run, form, make) => {
    const forms = chunks.get(run) ?? new Map<string, Promise<string>>();
    chunks.set(run, forms);
    const known = forms.get(form);
    if (known) return known;
    const made = make();
    forms.set(form, made);
    made.catch(() => forms.delete(form));
    return made;
  };
}
