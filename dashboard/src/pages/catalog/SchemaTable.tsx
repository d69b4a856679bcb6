import type { JsonSchema } from "../../dashboardApi/catalog.ts";
import { JsonText } from "../../shared/JsonText.tsx";
import { schemaFields } from "./schemaFields.ts";

interface SchemaTableProps {
  readonly schema: JsonSchema | null;
  /** For those who hear the page: whose fields these are. */
  readonly what: string;
}

/** The schema as people read it; behind it, as programs do. */
export function SchemaTable({ schema, what }: SchemaTableProps) {
  if (schema === null)
    return (
      <p className="quiet">
        The schema library does not tell its schema. Give <code>jsonSchema</code> in the definition.
      </p>
    );
  const fields = schemaFields(schema);
  return (
    <>
      {fields.length === 0 ? (
        <p className="quiet">{schema["properties"] ? "It has no data." : "Any object."}</p>
      ) : (
        <div className="table-room" tabIndex={0} role="group" aria-label={what}>
          <table className="schema">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Holds</th>
              </tr>
            </thead>
            <tbody>
              {fields.map(({ path, depth, type, required, description }) => (
                <tr key={path}>
                  <th scope="row" style={{ paddingLeft: `${depth * 12}px` }}>
                    <code>{path}</code>
                  </th>
                  <td>
                    {type}
                    {!required && <span className="quiet">, optional</span>}
                    {description !== null && <p className="quiet">{description}</p>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <details className="schema-source">
        <summary>
          JSON Schema<span className="visually-hidden">: {what}</span>
        </summary>
        <JsonText label="JSON Schema" text={JSON.stringify(schema)} />
      </details>
    </>
  );
}
