import { ArrowLeft, RotateCw, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { DeliveryDetails, Endpoint } from "./api.ts";
import { Failure } from "../shared/Failure.tsx";
import { icon } from "../shared/icon.ts";
import { Refused } from "../shared/Refused.tsx";
import { ShortId } from "../shared/ShortId.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useSubmit } from "../shared/useSubmit.ts";
import { RelativeTime } from "../time/RelativeTime.tsx";
import { AttemptTimeline } from "./AttemptTimeline.tsx";
import { AttemptView } from "./AttemptView.tsx";
import { DeliveryStateMark } from "./DeliveryStateMark.tsx";
import { originWords } from "./deliveryWords.ts";
import { failureWords } from "./failureWords.ts";
import { JsonText } from "../shared/JsonText.tsx";
import { useWebhooks } from "./host.ts";

interface DeliveryPageProps {
  readonly id: string;
  readonly endpoint: Endpoint;
}

/** While it is under way something may happen at any moment. */
const UNDER_WAY_MS = 1_500;
const AT_REST_MS = 10_000;

export function DeliveryPage({ id, endpoint }: DeliveryPageProps) {
  const { api, goTo } = useWebhooks();
  const [isOpen, setIsOpen] = useState(true);
  const { answer, failure, refresh } = useAsked(
    id,
    async () => {
      const details = await api.delivery(id);
      setIsOpen(details.state === "pending" || details.state === "retrying");
      return details;
    },
    isOpen ? UNDER_WAY_MS : AT_REST_MS,
  );
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);
  const close = () => goTo({ delivery: null });
  return (
    <section ref={panel} className="delivery" aria-label="Delivery" tabIndex={-1}>
      <button type="button" className="back delivery-back" onClick={close}>
        <ArrowLeft {...icon} />
        Deliveries
      </button>
      <button
        type="button"
        className="icon-button delivery-close"
        aria-label="Close the delivery"
        onClick={close}
      >
        <X {...icon} />
      </button>
      {answer === null && failure ? (
        <Failure what="The delivery could not be loaded" failure={failure} onRetry={refresh} />
      ) : answer === null ? (
        <p className="skeleton" role="group" aria-label="Loading the delivery">
          <span className="skeleton-line" style={{ width: "200px" }} />
        </p>
      ) : (
        <Loaded delivery={answer} endpoint={endpoint} refresh={refresh} />
      )}
    </section>
  );
}

interface LoadedProps {
  readonly delivery: DeliveryDetails;
  readonly endpoint: Endpoint;
  readonly refresh: () => void;
}

function Loaded({ delivery, endpoint, refresh }: LoadedProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = delivery.history.at(-1);
  const attempt = delivery.history.find(({ number }) => number === chosen) ?? last;
  const origin = originWords[delivery.origin];
  return (
    <>
      <header className="delivery-head">
        <h2>{delivery.type}</h2>
        <p className="delivery-line">
          <DeliveryStateMark state={delivery.state} />
          {origin && <span className="tag">{origin}</span>}
          <span className="quiet">
            <RelativeTime at={delivery.createdAt} withDay />
          </span>
        </p>
        <Resend delivery={delivery} endpoint={endpoint} refresh={refresh} />
      </header>
      <WhyItFailed delivery={delivery} />
      <dl className="ids">
        <div>
          <dt>Message</dt>
          <dd>
            <ShortId id={delivery.message} what="the message's id" />
          </dd>
        </div>
        {delivery.content && (
          <div>
            <dt>About</dt>
            <dd>
              <code>{delivery.content.subject}</code>
            </dd>
          </div>
        )}
      </dl>
      <AttemptTimeline delivery={delivery} chosen={attempt?.number ?? null} onChoose={setChosen} />
      {attempt ? (
        <AttemptView attempt={attempt} body={delivery.content?.body ?? null} />
      ) : (
        delivery.content && <JsonText label="What will be sent" text={delivery.content.body} />
      )}
    </>
  );
}

/** The failure in words, and what its owner can do; nothing where all is well. */
function WhyItFailed({ delivery: { failure, status, state, history } }: Pick<LoadedProps, "delivery">) {
  if (failure === null || state === "delivered") return null;
  const { what, advice } = failureWords(failure, status);
  const detail = history.at(-1)?.detail ?? null;
  return (
    <div className={`why tone-${state === "failed" ? "bad" : "warn"}`}>
      <p>
        <b>{what}.</b> <span className="advice-words">{advice}</span>
      </p>
      {detail !== null && <code className="why-detail">{detail}</code>}
    </div>
  );
}

function Resend({ delivery, endpoint, refresh }: LoadedProps) {
  const { api, mayManage, say } = useWebhooks();
  const { busy, failure, submit } = useSubmit(async () => {
    await api.resend(delivery.id);
    refresh();
    say("Sent again, under the same id.");
  });
  if (!mayManage) return null;
  const refusal =
    endpoint.status === "disabled"
      ? "Enable the endpoint to send it again."
      : delivery.state === "expired"
        ? "What was to be sent is no longer kept."
        : null;
  return (
    <div className="resend">
      <button type="button" className="button" disabled={busy || refusal !== null} onClick={submit}>
        <RotateCw {...icon} />
        {delivery.state === "retrying" ? "Try now" : "Resend"}
      </button>
      {refusal !== null && <span className="quiet">{refusal}</span>}
      <Refused failure={failure} />
    </div>
  );
}
