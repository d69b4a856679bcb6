import { useState } from "react";
import { DialogFrame } from "../shared/DialogFrame.tsx";
import { Refused } from "../shared/Refused.tsx";
import { useSubmit } from "../shared/useSubmit.ts";
import type { Endpoint } from "./api.ts";
import { backfillStart, isComplete, newHistory } from "./historyDraft.ts";
import { HistoryFields } from "./HistoryFields.tsx";
import { useWebhooks } from "./host.ts";

interface HistoryDialogProps {
  readonly endpoint: Endpoint;
  readonly refresh: () => void;
  readonly onClose: () => void;
}

/** For an endpoint that is to know what happened before it was there. */
export function HistoryDialog({ endpoint, refresh, onClose }: HistoryDialogProps) {
  const { api, say } = useWebhooks();
  const [draft, setDraft] = useState(newHistory);
  const { busy, failure, submit } = useSubmit(async () => {
    const start = backfillStart(draft, Date.now());
    if (start === null) return;
    await api.backfill(endpoint.id, start);
    refresh();
    onClose();
    say("History is being sent. It begins in about ten seconds.");
  });
  return (
    <DialogFrame
      title="Send history"
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-primary" disabled={busy || !isComplete(draft)}>
          Send history
        </button>
      }
    >
      <p>
        Events from before, oldest first, by the types and the filter of this endpoint, behind what happens
        now. What it already had a delivery for is left out, so sending twice sends nothing twice.
      </p>
      <HistoryFields draft={draft} onChange={setDraft} />
      <Refused failure={failure} />
    </DialogFrame>
  );
}
