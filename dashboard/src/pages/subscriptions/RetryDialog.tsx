import { retryParked, type Subscription } from "../../dashboardApi/subscriptions.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { DialogFrame } from "../../shared/DialogFrame.tsx";
import { Refused } from "../../shared/Refused.tsx";
import { useSubmit } from "../../shared/useSubmit.ts";
import { eventsWords } from "./subscriptionWords.ts";

interface RetryDialogProps {
  readonly subscription: Subscription;
  readonly onRetried: () => void;
  readonly onClose: () => void;
}

/** Says how many it touches before it touches any. */
export function RetryDialog({ subscription, onRetried, onClose }: RetryDialogProps) {
  const { say } = useFrame();
  const { name, parked, slots } = subscription;
  const isIdle = slots.every(({ state }) => state === "idle");
  const { busy, failure, submit } = useSubmit(async () => {
    const requested = await retryParked(name);
    onRetried();
    onClose();
    say(`${eventsWords(requested)} ${requested === 1 ? "is" : "are"} tried again.`);
  });
  return (
    <DialogFrame
      title={`Try ${eventsWords(parked)} again`}
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-primary figures" disabled={busy || parked === 0}>
          Try {parked.toLocaleString()} again
        </button>
      }
    >
      <p>
        Each is given to <b>{name}</b> by itself, once. What is handled leaves this list; what fails stays,
        with its new error. Events that came after them were handled long ago: these are out of order.
      </p>
      {isIdle && <p>No process runs it now: the tries are made when one starts.</p>}
      <Refused failure={failure} />
    </DialogFrame>
  );
}
