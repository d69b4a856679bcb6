import type { RecordedEvent } from "../dashboardApi/trace.ts";
import { JsonText } from "../shared/JsonText.tsx";

/** The event as `GET /events/{id}` gives it. */
export function JsonTab({ event }: { readonly event: RecordedEvent }) {
  return <JsonText label={`GET /events/${event.id}`} text={JSON.stringify(event, null, 2)} />;
}
