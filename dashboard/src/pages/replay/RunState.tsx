import type { ReactNode } from "react";
import type { Replay } from "../../dashboardApi/replays.ts";
import { addressWith } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { icon } from "../../shared/icon.ts";
import { ToneMark, toneIcons } from "../../shared/ToneMark.tsx";
import { RunProgress } from "./RunProgress.tsx";
import { stateWords, verdictOf } from "./replayWords.ts";

/** How it stands, before anything else: running, what it found out, or why it stopped. */
export function RunState({ run }: { readonly run: Replay }) {
  const { state, kind, outcome } = run;
  if (state === "running") return <RunProgress run={run} />;
  const words = state === "done" && outcome ? verdictOf(kind, outcome) : stateWords[state];
  return (
    <div className="replay-state">
      <p className="replay-verdict" role="status">
        <ToneMark {...words} />
      </p>
      {state === "failed" && <Failed run={run} />}
      {state === "interrupted" && <Interrupted run={run} />}
    </div>
  );
}

function Failed({ run: { failure, kind } }: { readonly run: Replay }) {
  if (failure === null) return null;
  return (
    <Advice tone="bad">
      <p>{failure.message}</p>
      {kind === "in_place" && (
        <p>
          The tables are half made: until it has gone on to its end or is given up, the actions of this
          account are refused. Mend the cause, then let it go on: it begins where it stopped.
        </p>
      )}
      <p>
        <code className="quiet">{failure.code}</code>
        {failure.eventId !== null && (
          <>
            {" · "}
            <PlaceLink to={addressWith({ event: failure.eventId, tab: null })}>Open the event</PlaceLink>
          </>
        )}
      </p>
    </Advice>
  );
}

function Interrupted({ run: { kind } }: { readonly run: Replay }) {
  return (
    <Advice tone="warn">
      <p>
        The process that ran it has not been heard of for a while.{" "}
        {kind === "in_place"
          ? "Until it has gone on to its end or is given up, the actions of this account are refused. Run it again: it goes on where it stopped."
          : "It changed nothing. Run it again."}
      </p>
    </Advice>
  );
}

interface AdviceProps {
  readonly tone: "warn" | "bad";
  readonly children: ReactNode;
}

function Advice({ tone, children }: AdviceProps) {
  const Icon = toneIcons[tone];
  return (
    <div className={`advice tone-${tone}`}>
      <Icon {...icon} />
      <div className="replay-advice">{children}</div>
    </div>
  );
}
