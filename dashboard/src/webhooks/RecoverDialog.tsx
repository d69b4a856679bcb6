import { useState } from "react";
import type { Endpoint } from "./api.ts";
import { DialogFrame } from "../shared/DialogFrame.tsx";
import { Refused } from "../shared/Refused.tsx";
import { SelectField } from "../shared/SelectField.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useSubmit } from "../shared/useSubmit.ts";
import { useWebhooks } from "./host.ts";

interface RecoverDialogProps {
  readonly endpoint: Endpoint;
  readonly refresh: () => void;
  readonly onClose: () => void;
}

const HOUR_MS = 3_600_000;
const spans = [
  { id: String(HOUR_MS), name: "The last hour" },
  { id: String(24 * HOUR_MS), name: "The last 24 hours" },
  { id: String(7 * 24 * HOUR_MS), name: "The last 7 days" },
  { id: String(14 * 24 * HOUR_MS), name: "The last 14 days" },
];

/** Says how many it will send before it sends any. */
export function RecoverDialog({ endpoint, refresh, onClose }: RecoverDialogProps) {
  const { api, say } = useWebhooks();
  const [openedAt] = useState(() => Date.now());
  const [span, setSpan] = useState(String(24 * HOUR_MS));
  // A minute short of the server's limit of 14 days, which goes by its own clock.
  const since = new Date(openedAt - Number(span) + 60_000);
  const preview = useAsked(`recoverable since ${since.toISOString()}`, () =>
    api.recoverable(endpoint.id, since),
  );
  const count = preview.answer?.deliveries ?? null;
  const orMore = preview.answer?.more ? " or more" : "";
  const { busy, failure, submit } = useSubmit(async () => {
    if (!count) return;
    await api.recover(endpoint.id, since);
    refresh();
    onClose();
    say(`Sending ${deliveriesWords(count)}${orMore} again. It begins in about ten seconds.`);
  });
  return (
    <DialogFrame
      title="Recover what failed"
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-primary figures" disabled={busy || !count}>
          {count ? `Send ${count.toLocaleString()}${orMore} again` : "Send again"}
        </button>
      }
    >
      <p>
        Everything that failed or was held in this time and was never delivered is sent again, oldest first,
        behind what happens now. Ids stay the same, so your server can tell what it has seen.
      </p>
      <SelectField label="Of" value={span} options={spans} onChange={setSpan} />
      <p className="recover-count figures" role="status">
        {preview.failure
          ? preview.failure.message
          : count === null
            ? "Counting …"
            : countWords(count, orMore)}
      </p>
      <Refused failure={failure} />
    </DialogFrame>
  );
}

function countWords(count: number, orMore: string): string {
  return count === 0
    ? "Nothing to recover: all of it was delivered."
    : `${deliveriesWords(count)}${orMore} to send again.`;
}

export function deliveriesWords(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "delivery" : "deliveries"}`;
}
