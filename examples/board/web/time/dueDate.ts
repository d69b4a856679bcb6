export interface Due {
  readonly text: string;
  readonly state: "late" | "soon" | "later";
}

const DAY_MS = 86_400_000;

/** How a due date reads today. Dates have no zone: both are taken as days of the reader's calendar. */
export function describeDue(due: string, now: number): Due {
  const days = Math.round((startOfDay(due).getTime() - new Date(now).setHours(0, 0, 0, 0)) / DAY_MS);
  if (days < 0) return { text: days === -1 ? "1 day late" : `${-days} days late`, state: "late" };
  if (days === 0) return { text: "Today", state: "soon" };
  if (days === 1) return { text: "Tomorrow", state: "later" };
  const text = startOfDay(due).toLocaleDateString(undefined, {
    ...(days < 7 && { weekday: "short" }),
    day: "numeric",
    month: "short",
  });
  return { text, state: "later" };
}

function startOfDay(date: string): Date {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day);
}
