import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { readReplay, type ReplayDetails } from "../../dashboardApi/replays.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { useAsked } from "../../shared/useAsked.ts";
import { Differences } from "./Differences.tsx";
import { kindWords, untilWords } from "./replayWords.ts";
import { RunActions } from "./RunActions.tsx";
import { RunCounts } from "./RunCounts.tsx";
import { RunFacts } from "./RunFacts.tsx";
import { RunState } from "./RunState.tsx";

/** While it runs; what is over does not change any more. */
const REFRESH_MS = 1_000;

export function RunPage({ id }: { readonly id: string }) {
  const [stays, setStays] = useState(false);
  const { answer, failure, refresh } = useAsked(
    `replay ${id}`,
    async () => {
      const read = await readReplay(id);
      setStays(isOver(read));
      return read;
    },
    stays ? undefined : REFRESH_MS,
  );
  return (
    <PageFrame
      title={answer ? `${kindWords[answer.kind]} ${untilWords(answer.until)}` : "Replay"}
      crumbs={
        <PlaceLink to={addressOf(["replay"])} className="back">
          <ArrowLeft {...icon} />
          Replay
        </PlaceLink>
      }
      actions={answer && <RunActions run={answer} refresh={refresh} />}
    >
      {answer ? (
        <Loaded run={answer} />
      ) : failure?.code === "REPLAY_NOT_FOUND" ? (
        <p className="empty-line quiet">
          This account has no such replay. The newest are kept; this one may have been older than they are.
        </p>
      ) : failure ? (
        <Failure what="The replay could not be loaded" failure={failure} onRetry={refresh} />
      ) : (
        <div className="skeleton page-skeleton" role="group" aria-label="Loading the replay">
          <span className="skeleton-line" style={{ width: "260px" }} />
          <span className="skeleton-line" style={{ width: "420px", maxWidth: "100%" }} />
        </div>
      )}
    </PageFrame>
  );
}

/** What failed in place, or lost its process, may go on under the same address. */
function isOver({ state, kind }: ReplayDetails): boolean {
  return state === "done" || state === "cancelled" || (state === "failed" && kind !== "in_place");
}

function Loaded({ run }: { readonly run: ReplayDetails }) {
  return (
    <div className="replay">
      <RunState run={run} />
      <RunFacts run={run} />
      {run.tables !== null && <Differences tables={run.tables} />}
      {run.counts !== null && run.counts.length > 0 && <RunCounts counts={run.counts} kind={run.kind} />}
    </div>
  );
}
