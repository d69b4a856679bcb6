import type { Statistics } from "../../domain/readStatistics.ts";
import type { BoardView } from "../../domain/readBoard.ts";
import { dayName } from "./dayName.ts";

interface ProgressTableProps {
  readonly view: BoardView;
  readonly statistics: Statistics;
}

/** All figures of the panel, in words and numbers. */
export function ProgressTable({ view, statistics }: ProgressTableProps) {
  const named = (names: readonly { id: string; name: string }[], counts: Statistics["people"]) =>
    names.map(({ id, name }) => {
      const { cards, done } = counts.find((each) => each.id === id) ?? { cards: 0, done: 0 };
      return { key: id, name, cards, done };
    });
  const days = statistics.days.toReversed().map(({ day, total, done }) => ({
    key: day,
    name: dayName(day),
    cards: total,
    done,
  }));
  return (
    <div className="progress-tables" tabIndex={0} role="group" aria-label="Figures">
      <Figures of="Column" rows={named(view.columns, statistics.columns)} />
      <Figures of="Person" rows={named(view.members, statistics.people)} />
      <Figures of="Day" rows={days} />
    </div>
  );
}

interface FiguresProps {
  readonly of: string;
  readonly rows: readonly { key: string; name: string; cards: number; done: number }[];
}

function Figures({ of, rows }: FiguresProps) {
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col">Cards</th>
          <th scope="col">Done</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, cards, done }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td>{cards.toLocaleString()}</td>
            <td>{done.toLocaleString()}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
