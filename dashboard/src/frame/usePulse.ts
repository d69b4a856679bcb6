import { useSyncExternalStore } from "react";
import { readHealth } from "../dashboardApi/health.ts";
import { asFailure, NO_ANSWER } from "../shared/ask.ts";
import { useConnection } from "../shared/connection.ts";
import { useAsked } from "../shared/useAsked.ts";
import { pulseOf, type Pulse } from "./pulse.ts";

const EVERY_MS = 3_000;

/** The latest pulse. While the server does not answer it is null, and the pill says so instead. */
export function usePulse(): { readonly pulse: Pulse | null; readonly lostAt: number | null } {
  const { answer, failure } = useAsked("health", readHealth, EVERY_MS);
  const { lostAt } = useConnection();
  const seen = useSyncExternalStore(subscribe, () => lastSeen);
  if (failure !== null && asFailure(failure).code !== NO_ANSWER) return { pulse: unknown, lostAt };
  if (answer === null) return { pulse: null, lostAt };
  const pulse = pulseOf(answer);
  // What has just come in live is newer than what was asked some seconds ago.
  const position = pulse.position === null ? null : Math.max(pulse.position, seen);
  return { pulse: { ...pulse, position }, lostAt };
}

const unknown: Pulse = { tone: "quiet", word: "not known", position: null, causes: [] };

const listeners = new Set<() => void>();
let lastSeen = 0;

/** Told by what reads the live stream. */
export function notePosition(position: number): void {
  if (position <= lastSeen) return;
  lastSeen = position;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
