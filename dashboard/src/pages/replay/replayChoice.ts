import type { ReplayKind, ReplayRequest, Until } from "../../dashboardApi/replays.ts";
import type { QueryChange } from "../../frame/place.ts";

/** Until when and what, as it stands in the address: `?until=time:2026-11-20T14:00:00.000Z&type=user.create&subject=user:1`. */
export interface ReplayChoice {
  /** What happens when it is started. In place is not a choice to begin with: it follows a look at what it would do. */
  readonly kind: Exclude<ReplayKind, "in_place">;
  /** Null: now. */
  readonly until: UntilChoice | null;
  readonly types: readonly string[];
  readonly subject: string;
  readonly strict: boolean;
}

/** What is being typed may not be a position or a time yet. */
export interface UntilChoice {
  readonly by: "time" | "event" | "position";
  readonly text: string;
}

export function choiceOf(query: URLSearchParams): ReplayChoice {
  return {
    kind: query.get("kind") === "compare" ? "compare" : "dry_run",
    until: untilChoiceOf(query.get("until")),
    types: query.getAll("type"),
    subject: query.get("subject") ?? "",
    strict: query.get("strict") !== "false",
  };
}

export function queryOf(choice: Partial<ReplayChoice>): QueryChange {
  const { kind, until, types, subject, strict } = choice;
  return {
    ...(kind !== undefined && { kind: kind === "dry_run" ? null : kind }),
    ...(until !== undefined && { until: until && `${until.by}:${until.text}` }),
    ...(types !== undefined && { type: types }),
    ...(subject !== undefined && { subject: subject === "" ? null : subject }),
    ...(strict !== undefined && { strict: strict ? null : "false" }),
  };
}

/** What the server is asked for; null while something typed is not yet what it is to be. */
export function requestOf({ kind, until, types, subject, strict }: ReplayChoice): ReplayRequest | null {
  const end = until && untilOf(until);
  if (until !== null && end === null) return null;
  return {
    kind,
    ...(end && { until: end }),
    ...(types.length > 0 && { types }),
    ...(subject.trim() !== "" && { subject: subject.trim() }),
    ...(!strict && { strict }),
  };
}

export function untilOf({ by, text }: UntilChoice): Until | null {
  const given = text.trim();
  switch (by) {
    case "time":
      // Browsers take much for a time: "2026-11-" is the first of November to them.
      return !TIME.test(given) || Number.isNaN(Date.parse(given))
        ? null
        : { time: new Date(given).toISOString() };
    case "position":
      return /^[0-9]{1,15}$/.test(given) ? { position: Number(given) } : null;
    case "event":
      return EVENT_ID.test(given) ? { eventId: given.toLowerCase() } : null;
  }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const EVENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function untilChoiceOf(text: string | null): UntilChoice | null {
  const [, by, given] = /^(time|event|position):(.*)$/.exec(text ?? "") ?? [];
  return by === undefined ? null : { by: by as UntilChoice["by"], text: given! };
}
