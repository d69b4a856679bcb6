import { useCallback, useMemo, useState } from "react";
import { ConnectionPill } from "../shared/ConnectionPill.tsx";
import { Dialog } from "../shared/Dialog.tsx";
import { ShortcutList } from "../shared/ShortcutList.tsx";
import { Toast, type Said } from "../shared/Toast.tsx";
import { useRowKeys } from "../shared/useRowKeys.ts";
import type { WithSecret } from "../webhooks/api.ts";
import { HostContext, type WebhooksHost } from "../webhooks/host.ts";
import { SecretOnce } from "../webhooks/SecretOnce.tsx";
import { start, type Place } from "../webhooks/place.ts";
import { WebhooksView } from "../webhooks/WebhooksView.tsx";
import { addressOf, go, usePlace } from "./place.ts";
import { api } from "./portalApi.ts";
import { PortalPage } from "./PortalPage.tsx";
import { useSession } from "./session.ts";

export function PortalApp() {
  const { token, mayManage, ended } = useSession();
  const place = usePlace();
  const [secret, setSecret] = useState<WithSecret | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const [helpIsOpen, setHelpIsOpen] = useState(false);
  const host = useMemo<WebhooksHost>(
    () => ({
      api,
      mayManage,
      mayReadDeliveries: true,
      place,
      addressOf,
      go,
      Page: PortalPage,
      overview: null,
      say: (text, undo) => setSaid({ text, undo }),
      showSecret: setSecret,
    }),
    [mayManage, place],
  );
  useRowKeys(
    useCallback(() => setHelpIsOpen(true), []),
    useCallback(() => stepOut(place), [place]),
  );
  if (token === null) return <NoAccess />;
  return (
    <HostContext value={host}>
      <a className="skip-link" href="#portal">
        Skip to the webhooks
      </a>
      <main id="portal" className="portal" tabIndex={-1}>
        <WebhooksView />
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
    </HostContext>
  );
}

/** Esc closes what was opened last: the delivery, then the endpoint. A form is left by its own buttons. */
function stepOut(place: Place): void {
  if (place.form !== null) return;
  if (place.delivery !== null) go(addressOf({ ...place, delivery: null }), { replace: false });
  else if (place.endpoint !== null) go(addressOf(start), { replace: false });
}

function NoAccess() {
  return (
    <div className="no-access">
      <h1>Your access has ended</h1>
      <p>This page opens for a limited time. Go back to where you came from and open your webhooks again.</p>
    </div>
  );
}
