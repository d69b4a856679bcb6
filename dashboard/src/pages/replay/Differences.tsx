import type { RowDifference, TableDifference } from "../../dashboardApi/replays.ts";
import { addressWith, goTo, usePlace } from "../../frame/place.ts";
import { ToneMark } from "../../shared/ToneMark.tsx";
import { DifferentRow } from "./DifferentRow.tsx";
import "./differences.css";
import { differenceWords } from "./replayWords.ts";

const kinds = ["missing", "extra", "different"] as const;

/** How many of each, by table, and then the rows themselves. What is chosen stands in the address. */
export function Differences({ tables }: { readonly tables: readonly TableDifference[] }) {
  const { query } = usePlace();
  const [table, kind] = [query.get("table"), query.get("kind")];
  const chosen = tables.filter((each) => table === null || each.table === table);
  const rows = chosen.flatMap((each) =>
    each.rows.filter((row) => kind === null || row.kind === kind).map((row) => ({ row, table: each.table })),
  );
  const all = chosen.reduce(
    (sum, each) =>
      sum + kinds.reduce((count, name) => (kind === null || kind === name ? count + each[name] : count), 0),
    0,
  );
  return (
    <>
      <Summary tables={tables} chosenTable={table} chosenKind={kind} />
      {rows.length > 0 && (
        <section aria-labelledby="differing-rows">
          <h2 id="differing-rows">Rows</h2>
          {rows.length < all && (
            <p className="quiet figures">
              The first {rows.length.toLocaleString()} of {all.toLocaleString()}.
            </p>
          )}
          <ul className="different-rows">
            {rows.map(({ row, table: name }) => (
              <DifferentRow key={`${name} ${JSON.stringify(row.key)}`} table={name} row={row} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface SummaryProps {
  readonly tables: readonly TableDifference[];
  readonly chosenTable: string | null;
  readonly chosenKind: string | null;
}

function Summary({ tables, chosenTable, chosenKind }: SummaryProps) {
  return (
    <section aria-labelledby="replay-tables">
      <h2 id="replay-tables">The replay beside the present</h2>
      <div className="replay-table" tabIndex={0} role="group" aria-label="Differences by table">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col" className="number">
                Same
              </th>
              {kinds.map((kind) => (
                <th key={kind} scope="col" className="number" title={differenceWords[kind].told}>
                  {differenceWords[kind].word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tables.map((each) => (
              <tr key={each.table}>
                <th scope="row">{each.table}</th>
                <td className="number">{each.same.toLocaleString()}</td>
                {kinds.map((kind) => (
                  <td key={kind} className="number">
                    <Count
                      table={each.table}
                      kind={kind}
                      count={each[kind]}
                      isChosen={chosenTable === each.table && chosenKind === kind}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface CountProps {
  readonly table: string;
  readonly kind: RowDifference["kind"];
  readonly count: number;
  readonly isChosen: boolean;
}

/** Pressed, only its rows are listed; pressed again, all of them. */
function Count({ table, kind, count, isChosen }: CountProps) {
  if (count === 0) return <span className="quiet">0</span>;
  const { tone, word } = differenceWords[kind];
  const choose = () =>
    goTo(addressWith(isChosen ? { table: null, kind: null } : { table, kind }), { replace: true });
  return (
    <button
      type="button"
      className="difference-count"
      aria-pressed={isChosen}
      aria-label={`${count.toLocaleString()} ${word.toLowerCase()} in ${table}`}
      onClick={choose}
    >
      <ToneMark tone={tone} word={count.toLocaleString()} />
    </button>
  );
}
