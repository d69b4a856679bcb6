import type {
  Replay,
  ReplayCount,
  ReplayKind,
  ReplayOutcome,
  RowDifference,
  Until,
} from "../../dashboardApi/replays.ts";
import type { Tone } from "../../shared/ToneMark.tsx";

export interface ToneWord {
  readonly tone: Tone;
  readonly word: string;
}

export const kindWords: Readonly<Record<ReplayKind, string>> = {
  dry_run: "Dry run",
  compare: "Comparison",
  in_place: "Replay in place",
};

export const stateWords: Readonly<Record<Replay["state"], ToneWord>> = {
  running: { tone: "busy", word: "Running" },
  done: { tone: "good", word: "Done" },
  failed: { tone: "bad", word: "Stopped with an error" },
  cancelled: { tone: "quiet", word: "Cancelled" },
  interrupted: { tone: "warn", word: "Interrupted" },
};

/** "until 20 November 2026 at 14:00", "up to position 128", "everything". */
export function untilWords(until: Until | null): string {
  if (until === null) return "up to now";
  if ("position" in until) return `up to position ${until.position.toLocaleString()}`;
  if ("eventId" in until) return `up to event ${until.eventId.slice(0, 8)}…`;
  const at = new Date(until.time);
  return `until ${at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}`;
}

/** "all actions", "user.create", "3 actions"; with the subject where there is one. */
export function whatWords({ types, subject }: Pick<Replay, "types" | "subject">): string {
  const what =
    types === null
      ? "all actions"
      : types.length === 1
        ? types[0]!
        : `${types.length.toLocaleString()} actions`;
  return subject === null ? what : `${what} on ${subject}`;
}

export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** How one ended, in a few words. */
export function verdictOf(kind: ReplayKind, { notReplayed, rows }: ReplayOutcome): ToneWord {
  if (notReplayed > 0) return { tone: "warn", word: `${countWords(notReplayed, "event")} not replayed` };
  if (rows !== null) {
    const all = rows.missing + rows.extra + rows.different;
    if (all > 0) return { tone: "warn", word: `${countWords(all, "row differs", "rows differ")}` };
    return { tone: "good", word: "Equals the present" };
  }
  return { tone: "good", word: kind === "in_place" ? "Replayed" : "All can be replayed" };
}

export const countedBy: Readonly<Record<ReplayCount["by"], ToneWord>> = {
  action: { tone: "good", word: "Replayed as it is" },
  route: { tone: "good", word: "Replayed by a route" },
  ignored: { tone: "quiet", word: "Left out" },
  unknown: { tone: "warn", word: "Nothing replays it" },
  failed: { tone: "bad", word: "Failed" },
};

/** Seen from the present: what it has and the replay lacks is missing there. */
export const differenceWords: Readonly<Record<RowDifference["kind"], ToneWord & { readonly told: string }>> =
  {
    missing: { tone: "bad", word: "Missing", told: "only in the present" },
    extra: { tone: "warn", word: "Extra", told: "only in the replay" },
    different: { tone: "warn", word: "Different", told: "in both, not the same" },
  };

/** "Ann", "job:nightly", "the app" where nobody said who. */
export function byWords({ startedBy }: Pick<Replay, "startedBy">): string {
  if (startedBy === null) return "the app";
  return startedBy.label ?? `${startedBy.type}:${startedBy.id}`;
}

/** `id 42`, `board launch · card 14`. */
export function keyWords(key: RowDifference["key"]): string {
  return Object.entries(key)
    .map(([name, value]) => `${name} ${value ?? "null"}`)
    .join(" · ");
}
