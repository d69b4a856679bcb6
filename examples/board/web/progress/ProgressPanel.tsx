import { ChevronUp } from "lucide-react";
import type { BoardView, MemberView } from "../../domain/readBoard.ts";
import type { Statistics } from "../../domain/readStatistics.ts";
import { Avatar } from "../shared/Avatar.tsx";
import { goTo, usePlace } from "../shared/place.ts";
import { BurnUpChart } from "./BurnUpChart.tsx";
import { ProgressTable } from "./ProgressTable.tsx";
import { useStatistics } from "./useStatistics.ts";

interface ProgressPanelProps {
  readonly view: BoardView;
  readonly personId: string;
}

/** How far the board is: what two projections make of its events. */
export function ProgressPanel({ view, personId }: ProgressPanelProps) {
  const statistics = useStatistics(personId);
  const { progressOpen } = usePlace();
  if (statistics === null) return <section className="progress" aria-label="Progress" aria-busy />;
  const { total, done } = statistics.days.at(-1) ?? { total: 0, done: 0 };
  return (
    <section className={`progress${progressOpen ? " progress-open" : ""}`} aria-label="Progress">
      <div className="progress-line">
        <p className="progress-sum figures">
          <b>
            {done.toLocaleString()} of {total.toLocaleString()}
          </b>{" "}
          done
        </p>
        <BurnUpChart days={statistics.days} />
        <People people={statistics.people} members={view.members} />
        <button
          type="button"
          className="button button-bare progress-toggle"
          aria-expanded={progressOpen}
          onClick={() => goTo({ progressOpen: !progressOpen })}
        >
          Figures
          <ChevronUp size={14} strokeWidth={1.75} aria-hidden />
        </button>
      </div>
      {progressOpen && <ProgressTable view={view} statistics={statistics} />}
    </section>
  );
}

interface PeopleProps {
  readonly people: Statistics["people"];
  readonly members: readonly MemberView[];
}

function People({ people, members }: PeopleProps) {
  return (
    <ul className="progress-people figures">
      {members.map((member) => {
        const { cards, done } = people.find(({ id }) => id === member.id) ?? { cards: 0, done: 0 };
        if (cards === 0) return null;
        return (
          <li key={member.id} title={`${member.name}: ${done} of ${cards} done`}>
            <Avatar member={member} size="small" />
            <span className="visually-hidden">{member.name}: </span>
            {done.toLocaleString()} of {cards.toLocaleString()}
            <span className="visually-hidden"> done</span>
          </li>
        );
      })}
    </ul>
  );
}
