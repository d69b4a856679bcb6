import type { Health, HealthSubscription } from "../dashboardApi/health.ts";

/** How the system is, as the pill at the top right says it. */
export interface Pulse {
  readonly tone: "quiet" | "good" | "warn" | "bad";
  readonly word: string;
  /** The last position given; null for who may not know it. */
  readonly position: number | null;
  /** Why it is not good, the worst first. */
  readonly causes: readonly Cause[];
}

export interface Cause {
  readonly what: string;
  readonly fix: string;
  /** A command for a terminal, where one helps. */
  readonly command: string | null;
}

/** A position is given within some 50 ms. What takes twenty times as long has a reason. */
const LATE_MS = 1_000;
/** A subscription reads 500 at once: one that is in the middle of a batch is not late. */
const MANY_BEHIND = 1_000;

/** What `GET /health` says, in one word and with what to do. */
export function pulseOf({ status, details }: Health): Pulse {
  const position = details?.sequencer.lastPosition ?? null;
  if (status !== "ok") return { tone: "bad", word: "stopped", position, causes: [stopped(status, details)] };
  const subscriptions = details?.subscriptions ?? [];
  const broken = subscriptions.filter(({ state }) => state === "stopped").map(stoppedSubscription);
  const late = subscriptions.filter(isLate);
  const lagMs = details?.sequencer.lagMs ?? 0;
  const causes = [
    ...broken,
    ...(lagMs > LATE_MS ? [lateSequencer(lagMs)] : []),
    ...late.map(lateSubscription),
  ];
  if (broken.length > 0) return { tone: "bad", word: "stopped", position, causes };
  if (lagMs > LATE_MS) return { tone: "warn", word: `${seconds(lagMs)} behind`, position, causes };
  if (late.length > 0)
    return {
      tone: "warn",
      word: `${Math.max(...late.map(({ behind }) => behind)).toLocaleString()} behind`,
      position,
      causes,
    };
  return { tone: "good", word: "live", position, causes: [] };
}

function isLate({ state, behind, failingSince }: HealthSubscription): boolean {
  if (state === "stopped" || behind === 0) return false;
  return state !== "running" || failingSince !== null || behind > MANY_BEHIND;
}

function stopped(status: Exclude<Health["status"], "ok">, details: Health["details"]): Cause {
  switch (status) {
    case "sequencer_late":
      return {
        what: `Committed events have waited ${seconds(details?.sequencer.lagMs ?? 0)} for a position.`,
        fix: "Does a process run tidings.start()? If one does, an old transaction may hold the log back.",
        command: "npx tidings doctor",
      };
    case "schema_missing":
      return { what: "The tables are not there.", fix: "Create them.", command: "npx tidings migrate" };
    case "schema_outdated":
      return {
        what: "The tables are of an older version.",
        fix: "Bring them up to date.",
        command: "npx tidings migrate",
      };
    case "schema_newer":
      return {
        what: "The tables are of a newer version than this server.",
        fix: "Start the version that migrated them.",
        command: null,
      };
    case "database_unreachable":
      return {
        what: "The database does not answer.",
        fix: "Is it running, and does the address that the app connects to still hold?",
        command: null,
      };
  }
}

function stoppedSubscription({ name, behind, lastError }: HealthSubscription): Cause {
  return {
    what: `The subscription ${name} has stopped, ${behind.toLocaleString()} behind${lastError ? `: ${firstLine(lastError)}` : "."}`,
    fix: "Mend what failed, then let it go on: see Subscriptions.",
    command: null,
  };
}

function lateSequencer(lagMs: number): Cause {
  return {
    what: `The oldest event without a position has waited ${seconds(lagMs)}.`,
    fix: "A long transaction delays its own events; a busy database delays all. The doctor knows which.",
    command: "npx tidings doctor",
  };
}

function lateSubscription({ name, behind, state, lastError }: HealthSubscription): Cause {
  const far = `${behind.toLocaleString()} ${behind === 1 ? "event" : "events"} behind`;
  if (state === "idle") {
    return {
      what: `No process runs the subscription ${name}, ${far}.`,
      fix: "Start one that does.",
      command: null,
    };
  }
  if (lastError !== null) {
    return {
      what: `The subscription ${name} is ${far}: ${firstLine(lastError)}`,
      fix: "It is tried again by itself.",
      command: null,
    };
  }
  return {
    what: `The subscription ${name} is ${far}.`,
    fix: "It is catching up. More slots let it read faster.",
    command: null,
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!.slice(0, 200);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toLocaleString(undefined, { maximumFractionDigits: ms < 10_000 ? 1 : 0 })} s`;
}
