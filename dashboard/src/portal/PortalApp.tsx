import { useCallback, useMemo, useState } from "react";
import type { WithSecret } from "../api.ts";
import { ConnectionPill } from "../shared/ConnectionPill.tsx";
import { Dialog } from "../shared/Dialog.tsx";
import { useRowKeys } from "../shared/useRowKeys.ts";
import { EndpointForm } from "./EndpointForm.tsx";
import { EndpointList } from "./EndpointList.tsx";
import { EndpointPage } from "./EndpointPage.tsx";
import { goTo, leaveFor, usePlace } from "./place.ts";
import { PortalContext, type Portal } from "./portalContext.ts";
import { SecretOnce } from "./SecretOnce.tsx";
import { useSession } from "./session.ts";
import { ShortcutList } from "./ShortcutList.tsx";
import { Toast, type Said } from "./Toast.tsx";

export function PortalApp() {
  const { token, mayManage, ended } = useSession();
  const place = usePlace();
  const [secret, setSecret] = useState<WithSecret | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const [helpIsOpen, setHelpIsOpen] = useState(false);
  const portal = useMemo<Portal>(
    () => ({
      mayManage,
      say: (text, undo) => setSaid({ text, undo }),
      showSecret: setSecret,
    }),
    [mayManage],
  );
  useRowKeys(
    useCallback(() => setHelpIsOpen(true), []),
    useCallback(() => stepOut(place), [place]),
  );
  if (token === null) return <NoAccess />;
  return (
    <PortalContext value={portal}>
      <a className="skip-link" href="#portal">
        Skip to the webhooks
      </a>
      <main id="portal" className="portal" tabIndex={-1}>
        <Page />
      </main>
      <div className="portal-floats">
        <ConnectionPill />
        <Toast said={said} onDone={() => setSaid(null)} />
      </div>
      {secret && <SecretOnce created={secret} onClose={() => setSecret(null)} />}
      {helpIsOpen && <ShortcutList onClose={() => setHelpIsOpen(false)} />}
      {ended && (
        <Dialog className="notice" label="Your access has ended" onClose={() => undefined}>
          <NoAccess />
        </Dialog>
      )}
    </PortalContext>
  );
}

function Page() {
  const { endpoint, form } = usePlace();
  if (endpoint === null) return form === "new" ? <EndpointForm endpointId={null} /> : <EndpointList />;
  return form === "edit" ? (
    <EndpointForm key={endpoint} endpointId={endpoint} />
  ) : (
    <EndpointPage key={endpoint} id={endpoint} />
  );
}

/** Esc closes what was opened last: the delivery, then the endpoint. A form is left by its own buttons. */
function stepOut({ delivery, endpoint, form }: ReturnType<typeof usePlace>): void {
  if (form !== null) return;
  if (delivery !== null) goTo({ delivery: null });
  else if (endpoint !== null) leaveFor({});
}

function NoAccess() {
  return (
    <div className="no-access">
      <h1>Your access has ended</h1>
      <p>This page opens for a limited time. Go back to where you came from and open your webhooks again.</p>
    </div>
  );
}
