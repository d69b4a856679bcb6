import { ListChecks } from "lucide-react";
import { readSubscriptions, type Subscription } from "../../dashboardApi/subscriptions.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { CopyButton } from "../../shared/CopyButton.tsx";
import { describeDuration } from "../../shared/duration.ts";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { useAsked } from "../../shared/useAsked.ts";
import { ToneMark } from "../../shared/ToneMark.tsx";
import { firstLine, lagWords, subscriptionWords, takesWords } from "./subscriptionWords.ts";
import { useCatchingUp } from "./useCatchingUp.ts";

const REFRESH_MS = 3_000;

export function SubscriptionList() {
  const { answer, failure, refresh } = useAsked("subscriptions", readSubscriptions, REFRESH_MS);
  return (
    <PageFrame title="Subscriptions">
      {answer === null && failure ? (
        <Failure what="The subscriptions could not be loaded" failure={failure} onRetry={refresh} />
      ) : answer === null ? (
        <Skeleton />
      ) : answer.length === 0 ? (
        <None />
      ) : (
        <>
          <div className="subscription-row subscription-heads" aria-hidden>
            <span>Subscription</span>
            <span>State</span>
            <span>Lag</span>
            <span>Slots</span>
            <span>Parked</span>
          </div>
          <ul className="subscriptions">
            {answer.map((subscription) => (
              <Row key={subscription.name} subscription={subscription} />
            ))}
          </ul>
        </>
      )}
    </PageFrame>
  );
}

function Row({ subscription }: { readonly subscription: Subscription }) {
  const { name, slots, parked, behind } = subscription;
  const { tone, word } = subscriptionWords(subscription);
  const catchingUp = useCatchingUp(subscription);
  const error =
    slots.find(({ attempts, lastError }) => attempts > 0 && lastError !== null)?.lastError ?? null;
  return (
    <li className="subscription-row">
      <span className="subscription-name">
        <PlaceLink className="row-link" data-row to={addressOf(["subscriptions", name])}>
          <b>{name}</b>
        </PlaceLink>
        <span className="quiet">{takesWords(subscription)}</span>
      </span>
      <ToneMark tone={tone} word={word} />
      <span className={behind === 0 ? "quiet" : "subscription-lag figures"}>
        {lagWords(subscription)}
        {catchingUp && (
          <span className="quiet">
            {" "}
            · {Math.round(catchingUp.perSecond).toLocaleString()} a second, about{" "}
            {describeDuration(Math.max(1_000, catchingUp.leftMs))} left
          </span>
        )}
        {error !== null && <span className="quiet subscription-error">{firstLine(error)}</span>}
      </span>
      <span className="figures subscription-slots">
        {slots.length.toLocaleString()}
        <span className="subscription-unit"> {slots.length === 1 ? "slot" : "slots"}</span>
      </span>
      <span className="figures">
        {parked === 0 ? (
          <span className="quiet subscription-none">None</span>
        ) : (
          <ToneMark tone="warn" word={`${parked.toLocaleString()} parked`} />
        )}
      </span>
    </li>
  );
}

const EXAMPLE = `tidings.subscribe("search", {
  types: [cardMoved],
  run: async (events, { tx }) => updateIndex(tx, events),
});`;

function None() {
  return (
    <div className="empty">
      <ListChecks {...icon} size={24} />
      <h2>No subscriptions yet</h2>
      <p>
        A subscription is a named reader of the log: it is given every event once, in order, and remembers how
        far it is. It appears here at its first start.
      </p>
      <div className="snippet">
        <pre>{EXAMPLE}</pre>
        <CopyButton text={EXAMPLE} what="the example" />
      </div>
    </div>
  );
}

function Skeleton() {
  return (
    <ul className="subscriptions skeleton" aria-label="Loading the subscriptions">
      {[110, 84, 140].map((width) => (
        <li key={width} className="subscription-row">
          <span className="skeleton-line" style={{ width: `${width}px` }} />
          <span className="skeleton-line" style={{ width: "80px" }} />
        </li>
      ))}
    </ul>
  );
}
