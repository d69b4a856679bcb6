import { useEffect, useMemo, useState } from "react";
import { api } from "../../dashboardApi/webhooks.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { goTo, usePlace } from "../../frame/place.ts";
import "../../styles/deliveries.css";
import "../../styles/endpoint.css";
import "../../styles/endpoints.css";
import "../../styles/form.css";
import type { WithSecret } from "../../webhooks/api.ts";
import { HostContext, type WebhooksHost } from "../../webhooks/host.ts";
import { SecretOnce } from "../../webhooks/SecretOnce.tsx";
import { WebhooksView } from "../../webhooks/WebhooksView.tsx";
import { DeliveryCharts } from "./DeliveryCharts.tsx";
import "./webhooks.css";
import { WebhooksPageFrame } from "./WebhooksPageFrame.tsx";
import { addressOf, placeIn } from "./webhooksPlace.ts";

/** The parts of the customers' portal, with the reader's session in place of a token. */
export function WebhooksPage() {
  const { identity, say } = useFrame();
  const dashboardPlace = usePlace();
  const place = useMemo(() => placeIn(dashboardPlace), [dashboardPlace]);
  const [secret, setSecret] = useState<WithSecret | null>(null);
  const mayManage = identity.role === "service" || identity.role === "operator";
  const host = useMemo<WebhooksHost>(
    () => ({
      api,
      mayManage,
      mayReadDeliveries: mayManage,
      say,
      place,
      addressOf,
      go: goTo,
      Page: WebhooksPageFrame,
      overview: <DeliveryCharts />,
      showSecret: setSecret,
    }),
    [mayManage, say, place],
  );
  useEffect(() => {
    if (place.delivery === null || dashboardPlace.query.has("event")) return;
    const onKey = ({ key, target }: KeyboardEvent) => {
      if (key !== "Escape" || document.querySelector("dialog[open], [popover]:popover-open")) return;
      if (target instanceof HTMLElement && target.matches("input, textarea, select")) return;
      goTo(addressOf({ ...place, delivery: null }));
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [place, dashboardPlace]);
  return (
    <HostContext value={host}>
      <WebhooksView />
      {secret && <SecretOnce created={secret} onClose={() => setSecret(null)} />}
    </HostContext>
  );
}
