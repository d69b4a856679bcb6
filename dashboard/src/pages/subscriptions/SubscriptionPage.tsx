import { ArrowLeft, Play } from "lucide-react";
import {
  readSubscriptions,
  resumeSubscription,
  type Slot,
  type Subscription,
} from "../../dashboardApi/subscriptions.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { describeDuration } from "../../shared/duration.ts";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { Refused } from "../../shared/Refused.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { useSubmit } from "../../shared/useSubmit.ts";
import { RelativeTime } from "../../time/RelativeTime.tsx";
import { useNow } from "../../time/useNow.ts";
import { ToneMark, toneIcons } from "../../shared/ToneMark.tsx";
import { ParkedEvents } from "./ParkedEvents.tsx";
import { firstLine, lagWords, slotWords, subscriptionWords, takesWords } from "./subscriptionWords.ts";
import { useCatchingUp } from "./useCatchingUp.ts";

const REFRESH_MS = 2_000;

export function SubscriptionPage({ name }: { readonly name: string }) {
  const { answer, failure, refresh } = useAsked("subscriptions", readSubscriptions, REFRESH_MS);
  const subscription = answer?.find((each) => each.name === name);
  return (
    <PageFrame
      title={name}
      crumbs={
        <PlaceLink to={addressOf(["subscriptions"])} className="back">
          <ArrowLeft {...icon} />
          Subscriptions
        </PlaceLink>
      }
    >
      {subscription ? (
        <Loaded subscription={subscription} refresh={refresh} />
      ) : answer !== null ? (
        <p className="empty-line quiet">
          No subscription is called <code>{name}</code>. It appears here at its first start.
        </p>
      ) : failure ? (
        <Failure what="The subscription could not be loaded" failure={failure} onRetry={refresh} />
      ) : (
        <div className="skeleton page-skeleton" role="group" aria-label="Loading the subscription">
          <span className="skeleton-line" style={{ width: "220px" }} />
        </div>
      )}
    </PageFrame>
  );
}

interface LoadedProps {
  readonly subscription: Subscription;
  readonly refresh: () => void;
}

function Loaded({ subscription, refresh }: LoadedProps) {
  const { tone, word } = subscriptionWords(subscription);
  const catchingUp = useCatchingUp(subscription);
  return (
    <div className="subscription">
      <p className="subscription-line figures">
        <ToneMark tone={tone} word={word} />
        <span>{lagWords(subscription)}</span>
        {catchingUp && (
          <span className="quiet">
            {Math.round(catchingUp.perSecond).toLocaleString()} a second, about{" "}
            {describeDuration(Math.max(1_000, catchingUp.leftMs))} left
          </span>
        )}
        <span className="quiet">{takesWords(subscription)}</span>
      </p>
      <Advice subscription={subscription} refresh={refresh} />
      <Slots slots={subscription.slots} />
      <ParkedEvents subscription={subscription} refresh={refresh} />
    </div>
  );
}

function Advice({ subscription, refresh }: LoadedProps) {
  const { say } = useFrame();
  const { name, slots } = subscription;
  const { tone, word, advice } = subscriptionWords(subscription);
  const { busy, failure, submit } = useSubmit(async () => {
    await resumeSubscription(name);
    refresh();
    say(`Resumed. ${name} goes on from where it stopped.`);
  });
  if (advice === null) return null;
  const Icon = toneIcons[tone];
  const error = slots.find((slot) => slot.lastError !== null && slot.attempts > 0)?.lastError;
  return (
    <div className={`advice tone-${tone}`}>
      <Icon {...icon} />
      <div className="subscription-advice">
        <p>
          <b>{word}.</b> <span className="advice-words">{advice}</span>
        </p>
        {error && <code className="why-detail">{firstLine(error)}</code>}
        <Refused failure={failure} />
      </div>
      {word === "Stopped" && (
        <button type="button" className="button" disabled={busy} onClick={submit}>
          <Play {...icon} />
          Resume
        </button>
      )}
    </div>
  );
}

function Slots({ slots }: { readonly slots: readonly Slot[] }) {
  const now = useNow();
  return (
    <section aria-labelledby="slots-title">
      <h2 id="slots-title">Slots</h2>
      <div className="table-room" tabIndex={0} role="group" aria-label="Slots">
        <table className="table figures">
          <thead>
            <tr>
              <th scope="col">Slot</th>
              <th scope="col">State</th>
              <th scope="col" className="number">
                Position
              </th>
              <th scope="col" className="number">
                Behind
              </th>
              <th scope="col">Process</th>
            </tr>
          </thead>
          <tbody>
            {slots.map((slot) => (
              <tr key={slot.slot}>
                <th scope="row">{slot.slot + 1}</th>
                <td>
                  <ToneMark {...slotWords[slot.state]} />
                  {slot.failingSince !== null && (
                    <span className="quiet">
                      {" "}
                      failing since <RelativeTime at={slot.failingSince} />, try {slot.attempts + 1}
                      {slot.retryAt !== null &&
                        ` in ${describeDuration(Math.max(0, Date.parse(slot.retryAt) - now))}`}
                    </span>
                  )}
                </td>
                <td className="number">{slot.position.toLocaleString()}</td>
                <td className="number">{slot.behind.toLocaleString()}</td>
                <td>{slot.owner === null ? <span className="quiet">–</span> : <code>{slot.owner}</code>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
