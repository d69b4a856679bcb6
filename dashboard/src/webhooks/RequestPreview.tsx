import { useState } from "react";
import type { EventType } from "./api.ts";
import { SelectField } from "../shared/SelectField.tsx";
import type { EndpointDraft } from "./endpointDraft.ts";
import { JsonText } from "../shared/JsonText.tsx";
import { matchesType } from "./typePatterns.ts";

interface RequestPreviewProps {
  readonly draft: EndpointDraft;
  readonly types: readonly EventType[];
}

/** What an endpoint set like this would receive: enough to write the receiver before anything happens. */
export function RequestPreview({ draft, types }: RequestPreviewProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const fitting = types.filter(({ type, example }) => example !== null && matchesType(draft.types, type));
  const shown = fitting.find(({ type }) => type === wanted) ?? fitting[0];
  if (!shown) return null;
  return (
    <aside className="preview" aria-label="What it will receive">
      <h2>What it will receive</h2>
      <SelectField
        label="For example"
        value={shown.type}
        options={fitting.map(({ type }) => ({ id: type, name: type }))}
        onChange={setWanted}
      />
      {draft.format === "standard" ? (
        <JsonText label="Body" text={JSON.stringify(shown.example, null, 2)} />
      ) : (
        <p className="quiet">The same event, written in the format that you chose. “Send a test” shows it.</p>
      )}
    </aside>
  );
}
