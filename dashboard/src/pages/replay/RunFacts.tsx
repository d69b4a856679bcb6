import type { Replay } from "../../dashboardApi/replays.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { addressWith } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { describeDuration } from "../../shared/duration.ts";
import { exactTime } from "../../time/relativeTime.ts";
import { RelativeTime } from "../../time/RelativeTime.tsx";
import { byWords, untilWords, whatWords } from "./replayWords.ts";
import { Fact } from "../../shared/Fact.tsx";

/** What was asked for, by whom, and how long it took. */
export function RunFacts({ run }: { readonly run: Replay }) {
  const { until, strict, startedAt, endedAt, progress } = run;
  const { account } = useFrame().identity;
  return (
    <dl className="replay-facts">
      <Fact name="What">
        {whatWords(run)} of {run.wide ? "every account" : account}
        {!strict && <span className="quiet">, what cannot be replayed is set aside</span>}
      </Fact>
      <Fact name="Until">
        {until !== null && "eventId" in until ? (
          <PlaceLink to={addressWith({ event: until.eventId, tab: null })}>{untilWords(until)}</PlaceLink>
        ) : (
          untilWords(until)
        )}
        {progress.lastPosition > 0 && (until === null || !("position" in until)) && (
          <span className="quiet figures">, position {progress.lastPosition.toLocaleString()}</span>
        )}
      </Fact>
      <Fact name="Begun by">
        {byWords(run)},{" "}
        <span className="figures" title={exactTime(new Date(startedAt))}>
          <RelativeTime at={startedAt} withDay />
        </span>
      </Fact>
      {endedAt !== null && (
        <Fact name="Took">
          <span className="figures">
            {describeDuration(Date.parse(endedAt) - Date.parse(startedAt))} for{" "}
            {progress.events.toLocaleString()} {progress.events === 1 ? "event" : "events"}
          </span>
        </Fact>
      )}
    </dl>
  );
}
