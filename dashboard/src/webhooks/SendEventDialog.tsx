import { useState } from "react";
import { DialogFrame } from "../shared/DialogFrame.tsx";
import { Refused } from "../shared/Refused.tsx";
import { useSubmit } from "../shared/useSubmit.ts";
import type { Endpoint } from "./api.ts";
import { useWebhooks } from "./host.ts";

interface SendEventDialogProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}

const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** One that was missed, or that a receiver under construction needs. */
export function SendEventDialog({ endpoint, onClose }: SendEventDialogProps) {
  const { api, goTo } = useWebhooks();
  const [given, setGiven] = useState("");
  const event = given.trim();
  const { busy, failure, submit } = useSubmit(async () => {
    if (!ID.test(event)) return;
    const delivery = await api.send(endpoint.id, event);
    onClose();
    goTo({ delivery: delivery.id });
  });
  return (
    <DialogFrame
      title="Send one event"
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-primary" disabled={busy || !ID.test(event)}>
          {busy ? "Sending" : "Send"}
        </button>
      }
    >
      <p>Sends an event from the past, whatever the types and the filter of this endpoint say.</p>
      <label className="field">
        <span>Event id, as it stands in the body of a delivery</span>
        <input
          className="mono"
          value={given}
          placeholder="0199f2b1-6c1e-7d3a-9a52-3f7f0f3f8a01"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(change) => setGiven(change.target.value)}
        />
      </label>
      <Refused failure={failure} />
    </DialogFrame>
  );
}
