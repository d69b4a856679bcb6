import { useState } from "react";
import { startReplay, type Replay, type ReplaySetup } from "../../dashboardApi/replays.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { addressOf, goTo } from "../../frame/place.ts";
import { DialogFrame } from "../../shared/DialogFrame.tsx";
import { Refused } from "../../shared/Refused.tsx";
import { TypedConfirmation } from "../../shared/TypedConfirmation.tsx";
import { useSubmit } from "../../shared/useSubmit.ts";
import { countWords, untilWords, whatWords } from "./replayWords.ts";

interface InPlaceDialogProps {
  /** The look that was taken before: what it was about is what is replayed. */
  readonly run: Replay;
  readonly setup: ReplaySetup;
  readonly onClose: () => void;
}

/** It cannot be undone, so it says what it touches and has a word typed. */
export function InPlaceDialog({ run, setup: { confirm }, onClose }: InPlaceDialogProps) {
  const { account } = useFrame().identity;
  const [typed, setTyped] = useState("");
  const confirmed = typed.trim() === confirm;
  const { until, types, subject, strict, progress, outcome } = run;
  const differing = outcome?.rows && outcome.rows.missing + outcome.rows.extra + outcome.rows.different;
  const { busy, failure, submit } = useSubmit(async () => {
    if (!confirmed) return;
    const { id } = await startReplay({
      kind: "in_place",
      strict,
      confirm,
      ...(until && { until }),
      ...(types && { types }),
      ...(subject !== null && { subject }),
    });
    onClose();
    goTo(addressOf(["replay", id]));
  });
  return (
    <DialogFrame
      title="Replay in place"
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-danger" disabled={busy || !confirmed}>
          Empty and replay
        </button>
      }
    >
      <p>
        The app empties what it keeps of <b>{account}</b> and makes it anew from{" "}
        <b className="figures">{countWords(progress.events, "event")}</b>: {whatWords(run)},{" "}
        {untilWords(until)}.{" "}
        {differing !== null && differing !== undefined && differing > 0 && (
          <>
            <b className="figures">{countWords(differing, "row")}</b> will not be as they are now.{" "}
          </>
        )}
        Until it is done, actions of this account are refused. No mail, webhook or other effect runs.
      </p>
      <p>The rows as they are now cannot be brought back, other than from a backup.</p>
      <TypedConfirmation word={confirm} typed={typed} onType={setTyped} />
      <Refused failure={failure} />
    </DialogFrame>
  );
}
