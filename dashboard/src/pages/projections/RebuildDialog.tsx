import { rebuildProjection, type Projection } from "../../dashboardApi/projections.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { DialogFrame } from "../../shared/DialogFrame.tsx";
import { Refused } from "../../shared/Refused.tsx";
import { useSubmit } from "../../shared/useSubmit.ts";

interface RebuildDialogProps {
  readonly projection: Projection;
  readonly lastPosition: number;
  readonly onStarted: () => void;
  readonly onClose: () => void;
}

/** Costs time and nothing else: what is read stays until the new one has caught up. */
export function RebuildDialog({
  projection: { name },
  lastPosition,
  onStarted,
  onClose,
}: RebuildDialogProps) {
  const { say } = useFrame();
  const { busy, failure, submit } = useSubmit(async () => {
    await rebuildProjection(name);
    onStarted();
    onClose();
    say(`${name} is being built anew.`);
  });
  return (
    <DialogFrame
      title={`Rebuild ${name}`}
      onSubmit={submit}
      onClose={onClose}
      actions={
        <button type="submit" className="button button-primary" disabled={busy}>
          Rebuild
        </button>
      }
    >
      <p>
        The log is read from its beginning, <b className="figures">{lastPosition.toLocaleString()}</b>{" "}
        positions, into new tables. Reads see the present ones until the new ones have caught up; then they
        are swapped at once.
      </p>
      <Refused failure={failure} />
    </DialogFrame>
  );
}
