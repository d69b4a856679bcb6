import { RotateCw } from "lucide-react";
import { useState } from "react";
import { retryParked, type ParkedEvent, type Subscription } from "../../dashboardApi/subscriptions.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { addressWith } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { asFailure } from "../../shared/ask.ts";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { Refused } from "../../shared/Refused.tsx";
import { RelativeTime } from "../../time/RelativeTime.tsx";
import { triesWords } from "../../webhooks/deliveryWords.ts";
import { RetryDialog } from "./RetryDialog.tsx";
import { eventsWords, firstLine } from "./subscriptionWords.ts";
import { useParked } from "./useParked.ts";

interface ParkedEventsProps {
  readonly subscription: Subscription;
  readonly refresh: () => void;
}

/** What was set aside so that the others could go on: why, and another try. */
export function ParkedEvents({ subscription, refresh }: ParkedEventsProps) {
  const { name, parked } = subscription;
  const { items, failure, refresh: askAgain, showMore, moreFailure } = useParked(name);
  const [isAsking, setIsAsking] = useState(false);
  const retried = () => {
    refresh();
    askAgain();
  };
  return (
    <section aria-labelledby="parked-title">
      <div className="parked-head">
        <h2 id="parked-title">Parked events</h2>
        {parked > 1 && (
          <button type="button" className="button" onClick={() => setIsAsking(true)}>
            <RotateCw {...icon} />
            Try all {parked.toLocaleString()} again…
          </button>
        )}
      </div>
      {items === null && failure ? (
        <Failure what="The parked events could not be loaded" failure={failure} onRetry={askAgain} />
      ) : items === null ? (
        <p className="skeleton" role="group" aria-label="Loading the parked events">
          <span className="skeleton-line" style={{ width: "200px" }} />
        </p>
      ) : items.length === 0 ? (
        <p className="empty-line quiet">
          Nothing is parked. An event whose handler keeps failing is set aside here, so that those behind it
          go on.
        </p>
      ) : (
        <ol className="parked">
          {items.map((event) => (
            <Parked key={event.position} name={name} event={event} onRetried={retried} />
          ))}
        </ol>
      )}
      <Refused failure={moreFailure} />
      {showMore && (
        <button type="button" className="button" onClick={showMore}>
          Show more
        </button>
      )}
      {isAsking && (
        <RetryDialog subscription={subscription} onRetried={retried} onClose={() => setIsAsking(false)} />
      )}
    </section>
  );
}

interface ParkedProps {
  readonly name: string;
  readonly event: ParkedEvent;
  readonly onRetried: () => void;
}

function Parked({ name, event, onRetried }: ParkedProps) {
  const { identity, say } = useFrame();
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      const requested = await retryParked(name, [event.position]);
      say(requested === 0 ? "It is being tried already." : `${eventsWords(requested)} is tried again.`);
      onRetried();
    } catch (error) {
      say(asFailure(error).message);
    }
    setBusy(false);
  };
  const words = event.retryRequested ? "Waits for its try" : "Try again";
  const isOurs = event.account === identity.account;
  return (
    <li className="parked-row">
      <div className="parked-what">
        <p>
          {isOurs ? (
            <PlaceLink data-row to={addressWith({ event: event.id, tab: null })}>
              <b>{event.type}</b>
            </PlaceLink>
          ) : (
            <b>{event.type}</b>
          )}{" "}
          <span className="quiet figures">
            #{event.position.toLocaleString()}
            {!isOurs && ` of ${event.account}`}
          </span>
        </p>
        <p className="quiet figures">
          {triesWords(event.attempts)} · <RelativeTime at={event.parkedAt} withDay />
        </p>
      </div>
      <button
        type="button"
        className="button"
        disabled={busy || event.retryRequested}
        aria-label={`${words}: position ${event.position}`}
        onClick={() => void retry()}
      >
        <RotateCw {...icon} />
        {words}
      </button>
      <details className="parked-error">
        <summary>
          <code>{firstLine(event.error)}</code>
        </summary>
        <pre tabIndex={0} aria-label={`Error of position ${event.position}`}>
          {event.error}
        </pre>
      </details>
    </li>
  );
}
