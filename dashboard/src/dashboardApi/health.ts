import { noteLag } from "../charts/lagSamples.ts";
import { apiUrl } from "../frame/base.ts";
import { NO_ANSWER, RequestFailed } from "../shared/ask.ts";

export interface Health {
  readonly status:
    "ok" | "sequencer_late" | "schema_missing" | "schema_outdated" | "schema_newer" | "database_unreachable";
  /** For the role `operator` only, and not where the database could not be asked. */
  readonly details?: HealthDetails | undefined;
}

export interface HealthDetails {
  readonly sequencer: { readonly lastPosition: number; readonly lagMs: number };
  readonly subscriptions: readonly HealthSubscription[];
}

export interface HealthSubscription {
  readonly name: string;
  readonly behind: number;
  readonly state: "running" | "waiting" | "stopped" | "idle";
  readonly lastError: string | null;
  readonly failingSince: string | null;
  readonly parked: number;
}

/** Asked every few seconds: a server that takes longer than this is as good as gone. */
const GIVE_UP_MS = 8_000;

/** An answer of 503 is one as well: it says what is wrong. */
export async function readHealth(): Promise<Health> {
  const response = await fetch(new URL("health", apiUrl), { signal: AbortSignal.timeout(GIVE_UP_MS) }).catch(
    () => null,
  );
  if (response?.status === 200 || response?.status === 503) {
    const answer: unknown = await response.json().catch(() => null);
    if (typeof answer === "object" && answer !== null && "status" in answer && !("code" in answer)) {
      const health = answer as Health;
      if (health.details) noteLag(Date.now(), health.details.sequencer.lagMs);
      return health;
    }
  }
  // A proxy without a server behind it answers 502 or 503 of its own.
  if (response === null || response.status >= 500)
    throw new RequestFailed(NO_ANSWER, "The server does not answer.");
  throw new RequestFailed(`HTTP_${response.status}`, "The server does not let this page ask for its health.");
}
