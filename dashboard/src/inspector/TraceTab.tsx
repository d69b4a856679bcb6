import type { ReactNode } from "react";
import type { Trace, TracedEffect, TracedEvent } from "../dashboardApi/trace.ts";
import { addressOf, addressWith } from "../frame/place.ts";
import { PlaceLink } from "../frame/PlaceLink.tsx";
import { describeDuration } from "../shared/duration.ts";
import { EntityLink } from "../shared/EntityLink.tsx";
import { recordedAt } from "../../../src/react/time/recordedAt.ts";
import { ToneMark, type Tone } from "../shared/ToneMark.tsx";
import { DeliveryStateMark } from "../webhooks/DeliveryStateMark.tsx";
import { triesWords } from "../webhooks/deliveryWords.ts";
import { DeliveryLink } from "./DeliveriesTab.tsx";

/** One chain from what led to the event to what it led to, with everybody who was told between. */
export function TraceTab({ trace }: { readonly trace: Trace }) {
  const { event, item, position, causes, effects, timelines, subscriptions, deliveries } = trace;
  const at = recordedAt(event.id);
  return (
    <ol className="chain">
      {causes.toReversed().map((cause) => (
        <Step key={cause.event.id} name="Caused by">
          <TracedLink traced={cause} from={at} />
        </Step>
      ))}
      <Step name="This event" isHere>
        <b>{item.text}</b>
        <span className="quiet">
          <code>{event.type}</code> by {event.actor.label ?? `${event.actor.type}:${event.actor.id}`}
        </span>
      </Step>
      <Step name="Position">
        {position === null ? (
          <span className="quiet">It gets one in a moment: then it is told to everybody.</span>
        ) : (
          <span className="figures">{position.toLocaleString()}</span>
        )}
      </Step>
      <Step name={`On ${timelines.length} ${timelines.length === 1 ? "timeline" : "timelines"}`}>
        <span className="chain-entities">
          {timelines.map((entity) => (
            <EntityLink key={`${entity.type}:${entity.id}`} entity={entity} />
          ))}
        </span>
      </Step>
      {subscriptions !== null && (
        <Step name="Subscriptions">
          {subscriptions.length === 0 && <span className="quiet">None asks for it.</span>}
          {subscriptions.map(({ name, state }) => (
            <span key={name} className="chain-line">
              <PlaceLink to={addressOf(["subscriptions", name])}>{name}</PlaceLink>
              <ToneMark tone={readers[state].tone} word={readers[state].word} />
            </span>
          ))}
        </Step>
      )}
      {deliveries !== null && (
        <Step name="Webhooks">
          {deliveries.length === 0 && <span className="quiet">No endpoint asks for this type.</span>}
          {deliveries.map((delivery) => (
            <span key={delivery.id} className="chain-line">
              <DeliveryLink delivery={delivery} />
              <DeliveryStateMark state={delivery.state} />
              <span className="quiet figures">{triesWords(delivery.attempts)}</span>
            </span>
          ))}
        </Step>
      )}
      {effects.length > 0 && (
        <Step name="Led to">
          <Effects effects={effects} from={at} />
          {trace.truncated && <span className="quiet">And more than is shown here.</span>}
        </Step>
      )}
    </ol>
  );
}

const readers: Readonly<Record<"done" | "behind" | "parked", { tone: Tone; word: string }>> = {
  done: { tone: "good", word: "has handled it" },
  behind: { tone: "quiet", word: "has not come to it" },
  parked: { tone: "bad", word: "has set it aside" },
};

interface StepProps {
  readonly name: string;
  readonly isHere?: boolean | undefined;
  readonly children: ReactNode;
}

function Step({ name, isHere = false, children }: StepProps) {
  return (
    <li className={isHere ? "chain-here" : undefined}>
      <span className="chain-name">{name}</span>
      <div className="chain-what">{children}</div>
    </li>
  );
}

function Effects({ effects, from }: { readonly effects: readonly TracedEffect[]; readonly from: number }) {
  return (
    <ul className="effects">
      {effects.map((effect) => (
        <li key={effect.event.id}>
          <TracedLink traced={effect} from={from} />
          {effect.effects.length > 0 && (
            <Effects effects={effect.effects} from={recordedAt(effect.event.id)} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Another event of the chain, with how long before or after it was recorded. */
function TracedLink({
  traced: { event, item },
  from,
}: {
  readonly traced: TracedEvent;
  readonly from: number;
}) {
  const ms = recordedAt(event.id) - from;
  return (
    <>
      <PlaceLink to={addressWith({ event: event.id })}>{item.text}</PlaceLink>
      <span className="quiet figures">
        <code>{event.type}</code> {describeDuration(Math.abs(ms))} {ms < 0 ? "before" : "after"}
      </span>
    </>
  );
}
