import { readReplays } from "../../dashboardApi/replays.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { NothingToReplay } from "./NothingToReplay.tsx";
import { ReplayForm } from "./ReplayForm.tsx";
import { RunList } from "./RunList.tsx";

const REFRESH_MS = 3_000;

/** Choose until when and what; what was found out before stands beneath. */
export function ReplayHome() {
  const { answer, failure, refresh } = useAsked("replays", readReplays, REFRESH_MS);
  return (
    <PageFrame title="Replay">
      {answer === null && failure ? (
        <Failure what="The replays could not be loaded" failure={failure} onRetry={refresh} />
      ) : answer === null ? (
        <div className="skeleton page-skeleton" role="group" aria-label="Loading the replays">
          <span className="skeleton-line" style={{ width: "220px" }} />
          <span className="skeleton-line" style={{ width: "100%", height: "96px" }} />
          <span className="skeleton-line" style={{ width: "320px" }} />
        </div>
      ) : answer.setup.actions.length === 0 && answer.setup.routes === 0 ? (
        <NothingToReplay />
      ) : (
        <div className="replay">
          <ReplayForm setup={answer.setup} />
          <RunList runs={answer.items} />
        </div>
      )}
    </PageFrame>
  );
}
