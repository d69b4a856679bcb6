import type { CatalogType } from "../../dashboardApi/catalog.ts";
import { JsonText } from "../../shared/JsonText.tsx";
import { SchemaTable } from "./SchemaTable.tsx";

/** What receivers get as `data`, which need not be what is stored. */
export function WebhookShapes({ type: { type, version, webhook } }: { readonly type: CatalogType }) {
  const [only] = webhook;
  if (only === undefined) return <p className="quiet">Never sent. Endpoints cannot ask for it.</p>;
  if (webhook.length === 1 && only.version === version)
    return <p className="quiet">Sent with the data as it is stored, version {version}.</p>;
  return webhook.toReversed().map((shape, index) => (
    <details key={shape.version} open={index === 0}>
      <summary>
        Version {shape.version}
        {index === 0 && ", the present one"}
      </summary>
      <SchemaTable schema={shape.jsonSchema} what={`${type} as webhooks send it, version ${shape.version}`} />
      {shape.example && <JsonText label="Example" text={JSON.stringify(shape.example)} />}
    </details>
  ));
}
