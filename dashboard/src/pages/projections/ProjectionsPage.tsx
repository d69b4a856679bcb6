import { Layers } from "lucide-react";
import { readProjections, type Projections } from "../../dashboardApi/projections.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { CodeToCopy } from "../../shared/CodeToCopy.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { ProjectionRow } from "./ProjectionRow.tsx";
import "./projections.css";

const REFRESH_MS = 2_000;

/** Tables that the log keeps: which version is read, how far it is, how fast it comes on. */
export function ProjectionsPage() {
  const { answer, failure, refresh } = useAsked("projections", readProjections, REFRESH_MS);
  return (
    <PageFrame title="Projections">
      {answer === null && failure ? (
        <Failure what="The projections could not be loaded" failure={failure} onRetry={refresh} />
      ) : answer === null ? (
        <div className="skeleton page-skeleton" role="group" aria-label="Loading the projections">
          <span className="skeleton-line" style={{ width: "280px" }} />
          <span className="skeleton-line" style={{ width: "220px" }} />
        </div>
      ) : answer.items.length === 0 ? (
        <None />
      ) : (
        <Rows projections={answer} refresh={refresh} />
      )}
    </PageFrame>
  );
}

interface RowsProps {
  readonly projections: Projections;
  readonly refresh: () => void;
}

function Rows({ projections: { items, lastPosition }, refresh }: RowsProps) {
  return (
    <>
      <div className="projection-row projection-heads" aria-hidden>
        <span>Projection</span>
        <span>State</span>
        <span>Version</span>
        <span>Position</span>
      </div>
      <ul className="projections">
        {items.map((projection) => (
          <ProjectionRow
            key={projection.name}
            projection={projection}
            lastPosition={lastPosition}
            refresh={refresh}
          />
        ))}
      </ul>
    </>
  );
}

const EXAMPLE = `export const boardStats = defineProjection("board_stats", {
  version: 1,
  events: [cardAdded],
  tables: { board_stats: "(board_id text primary key, cards int not null)" },
  on: {
    "card.added": async (event, { tx, table }) => countCard(tx, table("board_stats"), event),
  },
});

createTidings({ db, events, projections: { boardStats } });`;

function None() {
  return (
    <div className="empty">
      <Layers size={24} strokeWidth={1.75} aria-hidden />
      <h2>No projections yet</h2>
      <p>
        A projection is a table that is kept from the log: figures, search texts, lists that would be slow to
        count. It can be made anew at any time, beside the one that is read.
      </p>
      <CodeToCopy text={EXAMPLE} what="the example" />
    </div>
  );
}
