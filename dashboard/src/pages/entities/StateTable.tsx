import { stateFields, type StateField } from "./stateFields.ts";

interface StateTableProps {
  readonly state: unknown;
  readonly before: unknown;
  /** It is that of another moment, until the answer has come. */
  readonly isStale: boolean;
}

const words: Readonly<Record<StateField["change"], string>> = {
  none: "",
  added: "new",
  changed: "changed",
  removed: "gone",
};

/** Every field at the moment, what it was just before where that is something else. */
export function StateTable({ state, before, isStale }: StateTableProps) {
  const fields = stateFields(state, before);
  const changed = fields.filter(({ change }) => change !== "none");
  return (
    <>
      <p role="status" className="visually-hidden">
        {isStale
          ? ""
          : changed.length === 0
            ? "No field changed"
            : changed
                .map(({ path, change, text }) => `${path} ${change === "removed" ? "is gone" : text}`)
                .join(", ")}
      </p>
      {fields.length === 0 ? (
        <p className="quiet">There is no state yet at this moment.</p>
      ) : (
        <table className="state-table" data-stale={isStale || undefined}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.path} data-change={field.change}>
                <th scope="row">
                  <code>{field.path}</code>
                </th>
                <td>
                  <Value field={field} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Value({ field: { change, text, was } }: { readonly field: StateField }) {
  return (
    <>
      {change === "changed" && (
        <>
          <del>{was}</del>{" "}
        </>
      )}
      {change === "removed" ? <del>{text}</del> : <span className="state-value">{text}</span>}
      {change !== "none" && (
        <>
          {" "}
          <span className="state-change">{words[change]}</span>
        </>
      )}
    </>
  );
}
