import { CopyButton } from "../shared/CopyButton.tsx";
import { fieldsOf } from "./fieldsOf.ts";

interface FieldTableProps {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What was recorded with an event, by name. Nothing where there is nothing. */
export function FieldTable({ name, fields }: FieldTableProps) {
  const rows = fieldsOf(fields);
  if (rows.length === 0) return null;
  return (
    <section className="field-table">
      <header>
        <h3>{name}</h3>
        <CopyButton text={JSON.stringify(fields, null, 2)} what={name.toLowerCase()} />
      </header>
      <table>
        <tbody>
          {rows.map(({ path, text, kind }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td className={`field-${kind}`}>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
