import type { FieldDifference, RowDifference } from "../../dashboardApi/replays.ts";
import { ToneMark } from "../../shared/ToneMark.tsx";
import { differenceWords, keyWords } from "./replayWords.ts";

interface DifferentRowProps {
  readonly table: string;
  readonly row: RowDifference;
}

/** One row as it is, and as the replay has it. Of a row that both have only what differs. */
export function DifferentRow({ table, row: { kind, key, fields } }: DifferentRowProps) {
  const { tone, word, told } = differenceWords[kind];
  const name = `${table}, ${keyWords(key)}`;
  return (
    <li className="different-row" tabIndex={0} data-row aria-label={`${word}: ${name}`}>
      <div className="different-head">
        <h3>
          <code>{table}</code> {keyWords(key)}
        </h3>
        <ToneMark tone={tone} word={word} />
        <span className="quiet">{told}</span>
      </div>
      <table className="different-fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            {kind !== "extra" && <th scope="col">Present</th>}
            {kind !== "missing" && <th scope="col">Replay</th>}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <Field key={field.name} kind={kind} field={field} />
          ))}
        </tbody>
      </table>
    </li>
  );
}

function Field({
  kind,
  field: { name, present, replayed },
}: {
  readonly kind: RowDifference["kind"];
  readonly field: FieldDifference;
}) {
  const isChange = kind === "different";
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
      </th>
      {kind !== "extra" && (
        <td data-label="Present">
          <Value value={present} mark={isChange ? "was" : null} />
        </td>
      )}
      {kind !== "missing" && (
        <td data-label="Replay">
          <Value value={replayed} mark={isChange ? "becomes" : null} />
        </td>
      )}
    </tr>
  );
}

/** What the database says is nothing is told apart from the word. */
function Value({
  value,
  mark,
}: {
  readonly value: string | null | undefined;
  readonly mark: "was" | "becomes" | null;
}) {
  if (value === null || value === undefined) return <span className="value-null">null</span>;
  if (value === "") return <span className="value-null">empty text</span>;
  return <span className={mark === null ? "value" : `value value-${mark}`}>{value}</span>;
}
