import type { Replay } from "../../dashboardApi/replays.ts";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { ToneMark } from "../../shared/ToneMark.tsx";
import { RelativeTime } from "../../time/RelativeTime.tsx";
import {
  byWords,
  countWords,
  kindWords,
  stateWords,
  untilWords,
  verdictOf,
  whatWords,
} from "./replayWords.ts";

/** Earlier ones and those under way: each has a page. */
export function RunList({ runs }: { readonly runs: readonly Replay[] }) {
  return (
    <section aria-labelledby="earlier-replays">
      <h2 id="earlier-replays">Earlier replays</h2>
      {runs.length === 0 ? (
        <p className="empty-line quiet">
          None yet. Each keeps its result here: what it would do, or which rows differed.
        </p>
      ) : (
        <ul className="replay-runs">
          {runs.map((run) => (
            <Run key={run.id} run={run} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Run({ run }: { readonly run: Replay }) {
  const { id, kind, state, progress, startedAt, outcome } = run;
  return (
    <li className="replay-run">
      <span className="replay-run-what">
        <PlaceLink className="row-link" data-row to={addressOf(["replay", id])}>
          <b>{kindWords[kind]}</b> {untilWords(run.until)}
        </PlaceLink>
        <span className="quiet">
          {whatWords(run)}
          {run.wide && " of every account"}
        </span>
      </span>
      <ToneMark {...(state === "done" && outcome ? verdictOf(kind, outcome) : stateWords[state])} />
      <span className="quiet figures">{countWords(progress.events, "event")}</span>
      <span className="quiet figures replay-run-when">
        {byWords(run)}, <RelativeTime at={startedAt} withDay />
      </span>
    </li>
  );
}
