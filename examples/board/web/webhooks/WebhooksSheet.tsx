import { X } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { asFailure, type RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import { Dialog } from "../../../../dashboard/src/shared/Dialog.tsx";
import { Failure } from "../../../../dashboard/src/shared/Failure.tsx";
import { icon } from "../../../../dashboard/src/shared/icon.ts";
import { goTo } from "../shared/place.ts";
import { request } from "../shared/request.ts";

/**
 * The portal as an app shows it to its customers: a frame, and a token in the fragment of its address, which no server sees. When the
 * token has ended the frame says so, and is handed a new one.
 */
export function WebhooksSheet({ personId }: { readonly personId: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [token, setToken] = useState<string | null>(null);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const askForToken = useCallback(async () => {
    try {
      setFailure(null);
      const granted = await request<{ token: string }>("/api/webhooks/portal-token", personId, {});
      const shown = frame.current?.contentWindow;
      if (shown) shown.postMessage({ type: "tidings:token", token: granted.token }, location.origin);
      else setToken(granted.token);
    } catch (error) {
      setFailure(asFailure(error));
    }
  }, [personId]);
  useEffect(() => void askForToken(), [askForToken]);
  useEffect(() => {
    const onMessage = ({ source, data }: MessageEvent<{ type?: string } | null>) => {
      if (source === frame.current?.contentWindow && data?.type === "tidings:token-ended") void askForToken();
    };
    addEventListener("message", onMessage);
    return () => removeEventListener("message", onMessage);
  }, [askForToken]);

  const close = () => goTo({ webhooksOpen: false });
  const theme = document.documentElement.dataset["theme"];
  return (
    <Dialog className="webhooks-sheet" label="Webhooks" onClose={close}>
      <button
        type="button"
        className="icon-button webhooks-close"
        aria-label="Close the webhooks"
        onClick={close}
      >
        <X {...icon} />
      </button>
      {failure ? (
        <Failure
          what="The webhooks could not be opened"
          failure={failure}
          onRetry={() => void askForToken()}
        />
      ) : (
        token !== null && (
          <iframe
            ref={frame}
            title="Webhooks"
            src={`/tidings/portal/#${new URLSearchParams({ token, ...(theme && { theme }) })}`}
          />
        )
      )}
    </Dialog>
  );
}
