import type { Delivery, Endpoint, Subject } from "./api.ts";
import { Failure } from "../shared/Failure.tsx";
import { Refused } from "../shared/Refused.tsx";
import { RelativeTime } from "../time/RelativeTime.tsx";
import { DeliveryFilters } from "./DeliveryFilters.tsx";
import { DeliveryStateMark } from "./DeliveryStateMark.tsx";
import { originWords, triesWords } from "./deliveryWords.ts";
import { failureWords } from "./failureWords.ts";
import { PlaceLink } from "./PlaceLink.tsx";
import { useDeliveries } from "./useDeliveries.ts";
import { useWebhooks } from "./host.ts";

export function DeliveryList({ endpoint }: { readonly endpoint: Endpoint }) {
  const { place } = useWebhooks();
  const { items, failure, refresh, ...older } = useDeliveries(endpoint.id, place);
  const isFiltered = place.states.length > 0 || place.type !== null || place.since !== null;
  return (
    <section className="deliveries" aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">Deliveries</h2>
      <DeliveryFilters />
      {items === null && failure ? (
        <Failure what="The deliveries could not be loaded" failure={failure} onRetry={refresh} />
      ) : items === null ? (
        <ListSkeleton />
      ) : items.length === 0 ? (
        isFiltered ? (
          <NothingFits />
        ) : (
          <NoDeliveries endpoint={endpoint} />
        )
      ) : (
        <>
          <ol className="delivery-rows">
            {items.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} open={delivery.id === place.delivery} />
            ))}
          </ol>
          <Refused failure={older.olderFailure} />
          {older.showOlder && (
            <button type="button" className="button" disabled={older.loadingOlder} onClick={older.showOlder}>
              {older.loadingOlder ? "Loading" : "Show older"}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function Row({ delivery, open }: { readonly delivery: Delivery; readonly open: boolean }) {
  const { place } = useWebhooks();
  const origin = originWords[delivery.origin];
  return (
    <li className={open ? "delivery-row delivery-row-open" : "delivery-row"}>
      <PlaceLink
        className="row-link"
        data-row
        aria-current={open ? "true" : undefined}
        to={{ delivery: delivery.id }}
        within={place}
      >
        <span className="delivery-type">{delivery.type}</span>
        {delivery.subject && <span className="delivery-about quiet">{subjectWords(delivery.subject)}</span>}
      </PlaceLink>
      {origin && <span className="tag">{origin}</span>}
      <DeliveryStateMark state={delivery.state} />
      <span className="delivery-why quiet figures">{why(delivery)}</span>
      <span className="delivery-when quiet">
        <RelativeTime at={delivery.createdAt} withDay />
      </span>
    </li>
  );
}

function subjectWords({ type, id, label }: Subject): string {
  return label ?? `${type}:${id}`;
}

/** What there is to say beyond the state. */
function why({ state, attempts, failure, status }: Delivery): string {
  const words = failure === null || state === "delivered" ? null : failureWords(failure, status).what;
  const tries = attempts > 1 || (words !== null && attempts > 0) ? triesWords(attempts) : null;
  return [words, tries].filter((part) => part !== null).join(", ");
}

function NoDeliveries({ endpoint }: { readonly endpoint: Endpoint }) {
  return (
    <p className="empty-line quiet">
      {endpoint.status === "enabled"
        ? "Nothing was sent yet. The next event that fits arrives here by itself; “Send a test” does not wait for one."
        : "Nothing was sent yet, and nothing is while it is disabled."}
    </p>
  );
}

function NothingFits() {
  const { goTo } = useWebhooks();
  return (
    <p className="empty-line quiet">
      No delivery fits these filters.{" "}
      <button
        type="button"
        className="link-button"
        onClick={() => goTo({ states: [], type: null, since: null }, { replace: true })}
      >
        Show all
      </button>
    </p>
  );
}

function ListSkeleton() {
  return (
    <ol className="delivery-rows skeleton" aria-label="Loading the deliveries">
      {[60, 44, 52, 60, 48].map((width, index) => (
        <li key={index} className="delivery-row">
          <span className="skeleton-line" style={{ width: `${width * 2}px` }} />
        </li>
      ))}
    </ol>
  );
}
