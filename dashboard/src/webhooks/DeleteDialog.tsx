import { useState } from "react";
import type { Endpoint } from "./api.ts";
import { DialogFrame } from "../shared/DialogFrame.tsx";
import { Refused } from "../shared/Refused.tsx";
import { TypedConfirmation } from "../shared/TypedConfirmation.tsx";
import { useSubmit } from "../shared/useSubmit.ts";
import { hostOf } from "./endpointWords.ts";
import { useWebhooks } from "./host.ts";

interface DeleteDialogProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}

export function DeleteDialog({ endpoint, onClose }: DeleteDialogProps) {
  const { api, say, leaveFor } = useWebhooks();
  const host = hostOf(endpoint.url);
  const [typed, setTyped] = useState("");
  const confirmed = typed.trim() === host;
  const { busy, failure, submit } = useSubmit(async () => {
    if (!confirmed) return;
    await api.remove(endpoint.id);
    onClose();
    leaveFor({});
    say(`Deleted ${host}.`);
  });
  return (
    <DialogFrame
      title="Delete this endpoint"
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-danger" disabled={busy || !confirmed}>
          Delete for ever
        </button>
      }
    >
      <p>
        Its settings, its secret and what still waits for it are gone, and cannot be brought back. To stop it
        for a while, disable it instead: then what happens is held.
      </p>
      <TypedConfirmation word={host} typed={typed} onType={setTyped} />
      <Refused failure={failure} />
    </DialogFrame>
  );
}
