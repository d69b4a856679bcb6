import { RotateCw, Square } from "lucide-react";
import { useState } from "react";
import { cancelReplay, readReplays, startReplay, type Replay } from "../../dashboardApi/replays.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { addressOf, goTo } from "../../frame/place.ts";
import { asFailure } from "../../shared/ask.ts";
import { icon } from "../../shared/icon.ts";
import { useAsked } from "../../shared/useAsked.ts";
import { InPlaceDialog } from "./InPlaceDialog.tsx";

interface RunActionsProps {
  readonly run: Replay;
  readonly refresh: () => void;
}

/** Stop it while it runs; afterwards once more, or in earnest. */
export function RunActions({ run, refresh }: RunActionsProps) {
  const { say } = useFrame();
  const setup = useAsked("replay setup", readReplays).answer?.setup;
  const [isAsking, setIsAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const { id, kind, state, outcome } = run;
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      say(asFailure(error).message);
    }
    setBusy(false);
  };
  const cancel = () =>
    attempt(async () => {
      await cancelReplay(id);
      refresh();
      say(
        kind === "in_place"
          ? "Given up. The tables are as far as it came."
          : "Cancelled. Nothing was changed.",
      );
    });
  const again = () =>
    attempt(async () => goTo(addressOf(["replay", (await startReplay(requestOf(run, setup?.confirm))).id])));
  // What failed in place has half made the tables: until it goes on or is given up, actions are refused.
  const isHalfDone = kind === "in_place" && (state === "failed" || state === "interrupted");
  const isAlive = state === "running" || state === "interrupted" || isHalfDone;
  if (run.wide) return null;
  return (
    <>
      {isAlive && (
        <button type="button" className="button" disabled={busy} onClick={() => void cancel()}>
          <Square {...icon} />
          {kind === "in_place" ? "Give up" : "Cancel"}
        </button>
      )}
      {state !== "running" && (kind !== "in_place" || isHalfDone) && (
        <button type="button" className="button" disabled={busy || !setup} onClick={() => void again()}>
          <RotateCw {...icon} />
          {kind === "in_place" ? "Go on" : "Run again"}
        </button>
      )}
      {state === "done" && kind !== "in_place" && outcome !== null && setup?.clear && (
        <button type="button" className="button" onClick={() => setIsAsking(true)}>
          Replay in place…
        </button>
      )}
      {isAsking && setup && <InPlaceDialog run={run} setup={setup} onClose={() => setIsAsking(false)} />}
    </>
  );
}

/** The same once more. What was interrupted in place goes on where it stopped, as was confirmed when it began. */
function requestOf({ kind, until, types, subject, strict }: Replay, confirm: string | undefined) {
  return {
    kind,
    strict,
    ...(until && { until }),
    ...(types && { types }),
    ...(subject !== null && { subject }),
    ...(kind === "in_place" && confirm !== undefined && { confirm }),
  };
}
