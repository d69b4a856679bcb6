import { useState } from "react";
import type { Endpoint } from "./api.ts";
import { DialogFrame } from "../shared/DialogFrame.tsx";
import { Refused } from "../shared/Refused.tsx";
import { SelectField } from "../shared/SelectField.tsx";
import { useSubmit } from "../shared/useSubmit.ts";
import { Field } from "./Field.tsx";
import { useWebhooks } from "./host.ts";
import { keyKindOf, schemes, secretHints } from "./schemes.ts";

interface RotateDialogProps {
  readonly endpoint: Endpoint;
  readonly refresh: () => void;
  readonly onClose: () => void;
}

const graces = [
  { id: "86400", name: "For a day" },
  { id: "604800", name: "For a week" },
  { id: "3600", name: "For an hour" },
  { id: "0", name: "Not at all: it has leaked" },
];

export function RotateDialog({ endpoint, refresh, onClose }: RotateDialogProps) {
  const { api, showSecret } = useWebhooks();
  const [grace, setGrace] = useState("86400");
  const [scheme, setScheme] = useState(endpoint.scheme);
  const [secret, setSecret] = useState("");
  const { busy, failure, submit } = useSubmit(async () => {
    const rotated = await api.rotate(endpoint.id, {
      graceSeconds: Number(grace),
      scheme,
      ...(secret.trim() !== "" && { secret: secret.trim() }),
    });
    refresh();
    onClose();
    showSecret(rotated);
  });
  return (
    <DialogFrame
      title="Rotate the secret"
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-primary" disabled={busy}>
          Make a new secret
        </button>
      }
    >
      <p>
        {grace === "0"
          ? "Requests are signed with the new secret at once. Until your server has it, it cannot verify them; what it refuses is tried again."
          : "Meanwhile each request carries both signatures, so your server verifies with the old secret until you have exchanged it."}
      </p>
      <SelectField label="The old secret still signs" value={grace} options={graces} onChange={setGrace} />
      <SelectField
        label="Signature"
        value={scheme}
        options={Object.entries(schemes).map(([id, { name }]) => ({ id, name }))}
        onChange={setScheme}
      />
      <Field
        name="secret"
        label="A secret of your own"
        optional
        hint={secretHints[keyKindOf(scheme)]}
        error={failure?.path[0] === "secret" ? failure.message : null}
      >
        {(ids) => (
          <input
            {...ids}
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        )}
      </Field>
      <Refused failure={failure?.path[0] === "secret" ? null : failure} />
    </DialogFrame>
  );
}
