import type { TracedDelivery } from "../dashboardApi/trace.ts";
import { addressOf } from "../frame/place.ts";
import { PlaceLink } from "../frame/PlaceLink.tsx";
import { describeDuration } from "../shared/duration.ts";
import { exactTime } from "../time/relativeTime.ts";
import { logTime } from "../time/logTime.ts";
import type { Attempt } from "../webhooks/api.ts";
import { DeliveryStateMark } from "../webhooks/DeliveryStateMark.tsx";
import { failureWords } from "../webhooks/failureWords.ts";

/** Where the event was sent, and every try with what came of it. */
export function DeliveriesTab({ deliveries }: { readonly deliveries: readonly TracedDelivery[] | null }) {
  if (deliveries === null) {
    return (
      <p className="quiet">
        Nothing to show: either webhooks are off (the option <code>webhooks</code> of{" "}
        <code>createTidings</code>), or your role is below <code>service</code>.
      </p>
    );
  }
  if (deliveries.length === 0) return <p className="quiet">No endpoint asks for this type.</p>;
  return (
    <ul className="told">
      {deliveries.map((delivery) => (
        <li key={delivery.id}>
          <div className="told-head">
            <DeliveryLink delivery={delivery} />
            <DeliveryStateMark state={delivery.state} />
          </div>
          <ol>
            {delivery.history.map((attempt) => (
              <Try key={attempt.number} attempt={attempt} />
            ))}
          </ol>
          {delivery.nextTryAt !== null && (
            <p className="quiet figures">next try {logTime(new Date(delivery.nextTryAt))}</p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** To its page, which has the request and the response. */
export function DeliveryLink({ delivery }: { readonly delivery: TracedDelivery }) {
  const { id, endpoint, history } = delivery;
  const url = history.at(-1)?.url;
  return (
    <PlaceLink to={addressOf(["webhooks", endpoint], { delivery: id })} className="told-link" title={url}>
      {url === undefined ? endpoint : new URL(url).host + new URL(url).pathname}
    </PlaceLink>
  );
}

function Try({ attempt }: { readonly attempt: Attempt }) {
  const { number, failure, status, startedAt, durationMs } = attempt;
  const at = new Date(startedAt);
  return (
    <li className={`figures ${failure === null ? "" : "told-failed"}`}>
      <time dateTime={startedAt} title={exactTime(at)} className="quiet">
        {logTime(at)}
      </time>
      <span>
        Try {number}: {failure === null ? `answered ${status ?? ""}` : failureWords(failure, status).what}
      </span>
      <span className="quiet">{describeDuration(durationMs)}</span>
    </li>
  );
}
