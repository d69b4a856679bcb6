import { useState } from "react";
import type { Endpoint } from "./api.ts";
import { DialogFrame } from "../shared/DialogFrame.tsx";
import { Refused } from "../shared/Refused.tsx";
import { SelectField } from "../shared/SelectField.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useSubmit } from "../shared/useSubmit.ts";
import { JsonText } from "../shared/JsonText.tsx";
import { matchesType } from "./typePatterns.ts";
import { useWebhooks } from "./host.ts";

interface TestDialogProps {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}

export function TestDialog({ endpoint, onClose }: TestDialogProps) {
  const { api, goTo } = useWebhooks();
  const { answer } = useAsked("event types", api.eventTypes);
  const types = (answer ?? []).filter(({ type, example }) => example && matchesType(endpoint.types, type));
  const [chosen, setChosen] = useState<string | null>(null);
  const type = types.find((each) => each.type === chosen) ?? types[0];
  const { busy, failure, submit } = useSubmit(async () => {
    const delivery = await api.test(endpoint.id, type!.type);
    onClose();
    goTo({ delivery: delivery.id });
  });
  return (
    <DialogFrame
      title="Send a test"
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-primary" disabled={busy || !type}>
          {busy ? "Sending" : "Send"}
        </button>
      }
    >
      <p>An example, signed as the real ones are and marked as a test. It counts in no figure of your app.</p>
      {type ? (
        <>
          <SelectField
            label="Event"
            value={type.type}
            options={types.map((each) => ({ id: each.type, name: each.type }))}
            onChange={setChosen}
          />
          <JsonText label="The example" text={JSON.stringify(type.example, null, 2)} />
        </>
      ) : (
        answer && <p className="quiet">None of the types that this endpoint asks for has an example.</p>
      )}
      <Refused failure={failure} />
    </DialogFrame>
  );
}
