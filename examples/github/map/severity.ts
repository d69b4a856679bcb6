import type { Severity } from "../../../src/index.ts";
import type { Conclusion } from "../events/checks.ts";

export function severityOfConclusion(how: Conclusion): Severity {
  switch (how) {
    case "failure":
    case "timed_out":
    case "startup_failure":
      return "error";
    case "action_required":
    case "cancelled":
    case "stale":
      return "warning";
    default:
      return "info";
  }
}

/** An open weakness is at least a warning; one that was dealt with is not. */
export function severityOfWeakness(grade: string | null | undefined, open: boolean): Severity {
  if (!open) return "info";
  return grade === "critical" || grade === "high" || grade === "error" ? "error" : "warning";
}
