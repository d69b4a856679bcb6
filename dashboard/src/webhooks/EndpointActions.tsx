import { EllipsisVertical, Send } from "lucide-react";
import { useRef, useState } from "react";
import type { Endpoint } from "./api.ts";
import { asFailure } from "../shared/ask.ts";
import { icon } from "../shared/icon.ts";
import { DeleteDialog } from "./DeleteDialog.tsx";
import { HistoryDialog } from "./HistoryDialog.tsx";
import { RecoverDialog } from "./RecoverDialog.tsx";
import { RotateDialog } from "./RotateDialog.tsx";
import { SendEventDialog } from "./SendEventDialog.tsx";
import { TestDialog } from "./TestDialog.tsx";
import { useWebhooks } from "./host.ts";

interface EndpointActionsProps {
  readonly endpoint: Endpoint;
  readonly refresh: () => void;
}

type Asking = "test" | "send" | "history" | "rotate" | "recover" | "delete" | null;

export function EndpointActions({ endpoint, refresh }: EndpointActionsProps) {
  const { api, mayManage, say, goTo } = useWebhooks();
  const [asking, setAsking] = useState<Asking>(null);
  const menu = useRef<HTMLDivElement>(null);
  if (!mayManage) return null;
  const isEnabled = endpoint.status === "enabled";

  const ask = (what: Asking) => {
    menu.current?.hidePopover();
    setAsking(what);
  };
  const turn = async (on: boolean): Promise<void> => {
    menu.current?.hidePopover();
    try {
      await (on ? api.enable(endpoint.id) : api.disable(endpoint.id));
      refresh();
      if (on) say("Enabled. New events are sent again.");
      else say("Disabled. What happens now is held.", () => turn(true));
    } catch (error) {
      say(asFailure(error).message);
    }
  };
  const close = () => setAsking(null);
  return (
    <div className="actions">
      {isEnabled ? (
        <button type="button" className="button" onClick={() => ask("test")}>
          <Send {...icon} />
          Send a test
        </button>
      ) : (
        <button type="button" className="button button-primary" onClick={() => void turn(true)}>
          Enable
        </button>
      )}
      <button type="button" className="button" onClick={() => goTo({ form: "edit", delivery: null })}>
        Edit
      </button>
      <button
        type="button"
        className="icon-button actions-more"
        aria-label="More actions"
        popoverTarget="endpoint-menu"
      >
        <EllipsisVertical {...icon} />
      </button>
      <div
        ref={menu}
        id="endpoint-menu"
        popover="auto"
        className="menu"
        role="group"
        aria-label="More actions"
      >
        <button type="button" onClick={() => ask("recover")} disabled={!isEnabled}>
          Recover what failed…
        </button>
        <button type="button" onClick={() => ask("history")} disabled={!isEnabled}>
          Send history…
        </button>
        <button type="button" onClick={() => ask("send")} disabled={!isEnabled}>
          Send one event…
        </button>
        <button type="button" onClick={() => ask("rotate")}>
          Rotate the secret…
        </button>
        {isEnabled && (
          <button type="button" onClick={() => void turn(false)}>
            Disable
          </button>
        )}
        <button type="button" className="menu-danger" onClick={() => ask("delete")}>
          Delete…
        </button>
      </div>
      {asking === "test" && <TestDialog endpoint={endpoint} onClose={close} />}
      {asking === "send" && <SendEventDialog endpoint={endpoint} onClose={close} />}
      {asking === "history" && <HistoryDialog endpoint={endpoint} refresh={refresh} onClose={close} />}
      {asking === "rotate" && <RotateDialog endpoint={endpoint} refresh={refresh} onClose={close} />}
      {asking === "recover" && <RecoverDialog endpoint={endpoint} refresh={refresh} onClose={close} />}
      {asking === "delete" && <DeleteDialog endpoint={endpoint} onClose={close} />}
    </div>
  );
}
