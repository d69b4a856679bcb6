import type { Finding } from "../log/doctor/finding.ts";
import { CliError } from "./cliError.ts";
import type { Server } from "./server.ts";

interface Health {
  readonly status?: string;
  readonly details?: {
    readonly sequencer: { readonly lastPosition: number; readonly lagMs: number };
    readonly subscriptions: readonly {
      readonly name: string;
      readonly state: string;
      readonly behind: number;
      readonly parked: number;
      readonly lastError: string | null;
    }[];
    readonly tracked: { readonly dropped: number };
  };
}

/** What an app says of itself: its status to everybody, figures to an operator. */
export async function serverFindings(server: Server): Promise<Finding[]> {
  const response = await server.request("/health");
  // 503 is an answer, too: it says what is not well.
  if (!response.ok && response.status !== 503) {
    throw new CliError("SERVER_REFUSED", `/health answered ${response.status}. Check --server and --token`);
  }
  const { status, details } = (await response.json().catch(() => ({}))) as Health;
  if (status === undefined)
    throw new CliError("SERVER_REFUSED", "/health answered something else than Tidings does");
  const healthy = status === "ok";
  const overall: Finding = {
    check: "health",
    status: healthy ? "fine" : "bad",
    summary: healthy ? "Events are recorded and numbered" : `The app says ${status.replaceAll("_", " ")}`,
    fix: healthy ? null : "Run tidings doctor on the database for the cause",
    details: { status },
  };
  if (!details) return [overall];
  const { lastPosition, lagMs } = details.sequencer;
  return [
    overall,
    {
      check: "sequencer",
      status: healthy ? "fine" : "warning",
      summary: `The last position is ${lastPosition.toLocaleString("en-US")}, ${Math.round(lagMs)} ms behind`,
      fix: null,
      details: { lastPosition, lagMs },
    },
    ...details.subscriptions.map((subscription) => subscriptionFinding(subscription)),
    {
      check: "tracking",
      status: details.tracked.dropped > 0 ? "warning" : "fine",
      summary: `${details.tracked.dropped.toLocaleString("en-US")} tracked events were dropped`,
      fix: details.tracked.dropped > 0 ? "The signal track.dropped says why" : null,
      details: { ...details.tracked },
    },
  ];
}

function subscriptionFinding(subscription: NonNullable<Health["details"]>["subscriptions"][number]): Finding {
  const { name, state, behind, parked, lastError } = subscription;
  const error = lastError === null ? "" : `: ${lastError}`;
  return {
    check: `subscription ${name}`,
    status: state === "stopped" ? "bad" : state === "waiting" || parked > 0 ? "warning" : "fine",
    summary: `${state}, ${behind.toLocaleString("en-US")} events behind, ${parked} parked${error}`,
    fix: null,
    details: { state, behind, parked, lastError },
  };
}
