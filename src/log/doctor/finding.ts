import type { JsonObject } from "../../events/serializable.ts";

/** What one check found. */
export interface Finding {
  /**
   * `schema`, `sequencer`, `subscription search`, `partitions`, `transactions`, `indexes`, `grants`, `vacuum`; `webhooks` where there
   * are no endpoints, otherwise `webhook queue`, `webhook endpoints`, `webhook jobs`, `webhook payloads`, `webhook partitions`; `scratch
   * databases` where replays left some; `writes` where nothing can be recorded.
   */
  readonly check: string;
  /** `warning`: look at it soon. `bad`: something does not work, or soon will not. */
  readonly status: "fine" | "warning" | "bad";
  /** One line that says that all is well, or why not. */
  readonly summary: string;
  /** A command, an SQL statement or a sentence; null when there is nothing to do. */
  readonly fix: string | null;
  /** The figures behind the summary. */
  readonly details: JsonObject;
}
