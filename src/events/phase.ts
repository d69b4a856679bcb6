export const phases = ["added", "updated", "done"] as const;
/** The column of a day timeline: something came, changed, or was brought to an end. */
export type Phase = (typeof phases)[number];

const ADDED =
  "added created opened started published uploaded imported posted written invited joined registered installed drafted";
const DONE =
  "done closed completed finished resolved solved fixed merged shipped released delivered archived deleted removed trashed cancelled rejected expired left";

const byVerb = new Map<string, Phase>([
  ...ADDED.split(" ").map((verb) => [verb, "added"] as const),
  ...DONE.split(" ").map((verb) => [verb, "done"] as const),
]);

/** What the last word of a type says: `card.added` is added, `card.closed` is done, everything else is updated. */
export function phaseOfVerb(type: string): Phase {
  return byVerb.get(type.split(/[._]/).at(-1)!) ?? "updated";
}
