import type { Replay } from "../../dashboardApi/replays.ts";
import { describeDuration } from "../../shared/duration.ts";
import { useClock } from "../../shared/useClock.ts";
import { paceOf } from "./pace.ts";
import { countWords, kindWords } from "./replayWords.ts";

/** It goes on in the server, whether or not somebody looks: the page can be left and come back to. */
export function RunProgress({ run }: { readonly run: Replay }) {
  const now = useClock();
  const { kind, progress, startedAt } = run;
  const { share, perSecond, leftMs } = paceOf(progress, now - Date.parse(startedAt));
  return (
    <div className="replay-progress figures">
      <p>
        <b>{countWords(progress.events, "event")}</b>
        {perSecond !== null && (
          <span className="quiet">, {Math.round(perSecond).toLocaleString()} a second</span>
        )}
        {leftMs !== null && <span className="quiet">, about {describeDuration(leftMs)} left</span>}
      </p>
      <progress aria-label={kindWords[kind]} max={1} {...(share !== null && { value: share })} />
      <p className="quiet">
        {progress.lastPosition > 0 &&
          `At position ${progress.position.toLocaleString()} of ${progress.lastPosition.toLocaleString()}. `}
        {share === 1 && kind === "compare"
          ? "Reading both sides row by row."
          : "It runs in the server: this page can be left and come back to."}
      </p>
    </div>
  );
}
