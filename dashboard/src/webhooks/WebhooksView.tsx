import { EndpointForm } from "./EndpointForm.tsx";
import { EndpointList } from "./EndpointList.tsx";
import { EndpointPage } from "./EndpointPage.tsx";
import { useWebhooks } from "./host.ts";

/** What the place of the host names: the list, an endpoint, or a form. */
export function WebhooksView() {
  const { endpoint, form } = useWebhooks().place;
  if (endpoint === null) return form === "new" ? <EndpointForm endpointId={null} /> : <EndpointList />;
  return form === "edit" ? (
    <EndpointForm key={endpoint} endpointId={endpoint} />
  ) : (
    <EndpointPage key={endpoint} id={endpoint} />
  );
}
