/** What an action did: the rows that it wrote and the events that it recorded, both or neither. */
export interface Change {
  /** For people: `cards updated`. */
  readonly wrote: readonly string[];
  readonly recorded: readonly { readonly id: string; readonly type: string }[];
}

/** Everything was already as asked: nothing is written, so nothing is recorded. */
export const unchanged: Change = { wrote: [], recorded: [] };
