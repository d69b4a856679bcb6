import type { BackfillStart } from "./api.ts";

/** From where on history is sent, as it is being filled in. */
export interface HistoryDraft {
  readonly from: "start" | "day" | "week" | "time" | "position";
  /** As a date field holds it, in the reader's own zone. */
  readonly time: string;
  readonly position: string;
}

export const newHistory: HistoryDraft = { from: "week", time: "", position: "" };

export function isComplete(draft: HistoryDraft): boolean {
  return backfillStart(draft, 0) !== null;
}

const DAY_MS = 86_400_000;

/** Null while what is needed is missing or makes no sense. */
export function backfillStart({ from, time, position }: HistoryDraft, now: number): BackfillStart | null {
  const since = (ms: number) => ({ time: new Date(ms).toISOString() });
  switch (from) {
    case "start":
      return "start";
    case "day":
      return since(now - DAY_MS);
    case "week":
      return since(now - 7 * DAY_MS);
    case "time": {
      const at = Date.parse(time);
      return Number.isNaN(at) ? null : since(at);
    }
    case "position":
      return /^\d{1,15}$/.test(position.trim()) ? { position: Number(position) } : null;
  }
}
