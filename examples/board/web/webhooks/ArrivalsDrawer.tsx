import { ChevronRight, ShieldCheck, ShieldX, X } from "lucide-react";
import { CopyButton } from "../../../../dashboard/src/shared/CopyButton.tsx";
import { icon } from "../../../../dashboard/src/shared/icon.ts";
import { RelativeTime } from "../../../../dashboard/src/time/RelativeTime.tsx";
import { goTo } from "../shared/place.ts";
import { type Arrival, eventIn } from "./arrival.ts";
import { SecretForm } from "./SecretForm.tsx";
import { keyOf } from "./useArrivals.ts";
import { useReceiver } from "./useReceiver.ts";

interface ArrivalsDrawerProps {
  readonly arrivals: readonly Arrival[];
  readonly personId: string;
}

/** The other end: what a customer's server gets, as it gets it. */
export function ArrivalsDrawer({ arrivals, personId }: ArrivalsDrawerProps) {
  const receiver = useReceiver(personId);
  const someUnsigned = arrivals[0]?.isSigned === false;
  return (
    <section id="arrivals" className="drawer" aria-label="Webhooks that arrived">
      <header className="drawer-head">
        <h2>Receiver</h2>
        {receiver.state && (
          <span className="drawer-url">
            <code>{receiver.state.url}</code>
            <CopyButton text={receiver.state.url} what="the receiver's address" />
          </span>
        )}
        <label className="drawer-fail">
          <input
            type="checkbox"
            checked={receiver.state?.fails ?? false}
            onChange={(event) => void receiver.setFails(event.target.checked)}
          />
          <span>Be down: answer 503</span>
        </label>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the receiver"
          onClick={() => goTo({ arrivalsOpen: false })}
        >
          <X {...icon} />
        </button>
      </header>
      {(someUnsigned || receiver.failure) && <SecretForm receiver={receiver} />}
      {arrivals.length === 0 ? (
        <p className="drawer-empty quiet">
          Nothing arrived yet. Move a card: its webhook arrives here, signed.
        </p>
      ) : (
        <ol className="arrivals" aria-live="polite" aria-relevant="additions">
          {arrivals.map((arrival) => (
            <ArrivalRow key={keyOf(arrival)} arrival={arrival} />
          ))}
        </ol>
      )}
    </section>
  );
}

function ArrivalRow({ arrival }: { readonly arrival: Arrival }) {
  const { type, description } = eventIn(arrival);
  const Shield = arrival.isSigned ? ShieldCheck : ShieldX;
  return (
    <li>
      <details className="arrival">
        <summary>
          <ChevronRight {...icon} className="arrival-open" />
          <span className={arrival.isSigned ? "arrival-signed" : "arrival-unsigned"}>
            <Shield {...icon} />
            {arrival.isSigned ? "Verified" : "Not verified"}
          </span>
          <code className="arrival-type">{type}</code>
          <span className="arrival-said">{description}</span>
          <span className={`figures ${arrival.answered === 200 ? "quiet" : "arrival-unsigned"}`}>
            {arrival.answered}
          </span>
          <RelativeTime at={arrival.at} />
        </summary>
        <pre tabIndex={0} aria-label="The body">
          {setOut(arrival.body)}
        </pre>
      </details>
    </li>
  );
}

function setOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
