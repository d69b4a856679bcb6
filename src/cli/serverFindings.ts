import type { Finding } from "../log/doctor/finding.ts";
import { CliError } from "./cliError.ts";
import type { Server } from "./server.ts";

interface Health {
  readonly status?: string;
  /** For an operator. */
  readonly details?: { readonly tracked: { readonly dropped: number } };
}

/** What an app says of itself: its health to everybody; to an operator also what it dropped, and all that the doctor finds. */
export async function serverFindings(server: Server): Promise<readonly Finding[]> {
  const { status, details } = await readHealth(server);
  return [
    healthFinding(status),
    ...(await examination(server)),
    ...(details ? [trackingFinding(details.tracked)] : []),
  ];
}

async function readHealth(server: Server): Promise<Health & { readonly status: string }> {
  const response = await server.request("/health");
  // 503 is an answer, too: it says what is not well.
  if (!response.ok && response.status !== 503) {
    throw new CliError("SERVER_REFUSED", `/health answered ${response.status}. Check --server and --token`);
  }
  const { status, details } = (await response.json().catch(() => ({}))) as Health;
  if (status === undefined)
    throw new CliError("SERVER_REFUSED", "/health answered something else than Tidings does");
  return { status, ...(details && { details }) };
}

/** Nothing for whoever is no operator, and where the database does not answer. */
async function examination(server: Server): Promise<readonly Finding[]> {
  const response = await server.request("/doctor");
  if (!response.ok) return [];
  return ((await response.json()) as { readonly findings: readonly Finding[] }).findings;
}

function healthFinding(status: string): Finding {
  const healthy = status === "ok";
  return {
    check: "health",
    status: healthy ? "fine" : "bad",
    summary: healthy ? "Events are recorded and numbered" : `The app says ${status.replaceAll("_", " ")}`,
    fix: healthy ? null : "Run tidings doctor on the database for the cause",
    details: { status },
  };
}

/** Only the app's process knows. */
function trackingFinding(tracked: NonNullable<Health["details"]>["tracked"]): Finding {
  const { dropped } = tracked;
  return {
    check: "tracking",
    status: dropped > 0 ? "warning" : "fine",
    summary: `${dropped.toLocaleString("en-US")} tracked events were dropped`,
    fix: dropped > 0 ? "The signal track.dropped says why" : null,
    details: { ...tracked },
  };
}
