import type { Transaction } from "../db/database.ts";
import type { Draft } from "../events/draft.ts";
import type { Notice } from "./complete.ts";
import { endpointSubject, webhookEndpointDisabled, webhookEndpointFailing } from "./webhookEvents.ts";

/** Records drafts in an open transaction: `tidings.record`. */
export type RecordDrafts = (tx: Transaction, drafts: readonly Draft[]) => Promise<unknown>;

const ACTOR = { type: "system", id: "webhooks", label: "Webhooks" } as const;

/**
 * Gives what records that endpoints were disabled, or will be, in the transaction that found it out: whoever reads the log
 * is told exactly once. Fan-out leaves out the endpoint that such an event is about.
 */
export function createNotices(record: RecordDrafts) {
  return async (tx: Transaction, notices: readonly Notice[]): Promise<void> => {
    const drafts = notices.flatMap((notice) => draftOf(notice) ?? []);
    if (drafts.length > 0) await record(tx, drafts);
  };
}

function draftOf(notice: Notice): Draft | null {
  if (!("failedMessages" in notice)) return null; // the breaker: told by a signal
  const { account, endpoint, failedMessages } = notice;
  const about = { account, actor: ACTOR, subject: endpointSubject(endpoint) };
  const failingSince = notice.failingSince === null ? null : new Date(notice.failingSince).toISOString();
  if (notice.notice === "disabled") {
    const data = { reason: notice.reason!, failingSince, failedMessages };
    return webhookEndpointDisabled({ ...about, data });
  }
  const percent = notice.notice === "warned_90" ? 90 : 50;
  return webhookEndpointFailing({ ...about, data: { percent, failingSince: failingSince!, failedMessages } });
}
