import { useEffect, useState } from "react";
import {
  readMoments,
  readState,
  type EntityState as Folded,
  type StateMoment,
} from "../../dashboardApi/entityState.ts";
import { useIsOperator } from "../../frame/frameContext.ts";
import { addressWith, goTo, usePlace } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { CodeToCopy } from "../../shared/CodeToCopy.tsx";
import { Refused } from "../../shared/Refused.tsx";
import { Slider } from "../../shared/Slider.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { useSettled } from "../../shared/useSettled.ts";
import { exactTime } from "../../time/relativeTime.ts";
import { RelativeTime } from "../../time/RelativeTime.tsx";
import { StateTable } from "./StateTable.tsx";
import "./state.css";

interface EntityStateProps {
  readonly type: string;
  readonly id: string;
}

const REFRESH_MS = 10_000;

/** What the events of an entity add up to, at any moment of its life. The moment stands in the address as `at`. */
export function EntityState({ type, id }: EntityStateProps) {
  const isOperator = useIsOperator();
  const { answer, failure } = useAsked(`moments ${type}:${id}`, () => readMoments(type, id), REFRESH_MS);
  if (answer?.defined === false) return isOperator ? <HowToDefine type={type} /> : null;
  if (answer !== null && answer.items.length === 0) return null;
  return (
    <section className="entity-state" aria-labelledby="state">
      <h2 id="state">State over time</h2>
      {answer === null ? (
        <Refused failure={failure} />
      ) : (
        <Moments type={type} id={id} moments={answer.items} complete={answer.complete} />
      )}
    </section>
  );
}

interface MomentsProps extends EntityStateProps {
  readonly moments: readonly StateMoment[];
  readonly complete: boolean;
}

function Moments({ type, id, moments, complete }: MomentsProps) {
  const at = usePlace().query.get("at");
  const found = moments.findIndex((moment) => moment.id === at);
  const last = moments.length - 1;
  const index = found === -1 ? last : found;
  const moment = moments[index]!;
  const { shown, failure } = useShownState(type, id, moment.id);
  const isCurrent = shown?.event?.id === moment.id;
  const text = isCurrent ? (shown.event?.text ?? moment.type) : moment.type;
  const choose = (next: number) =>
    goTo(addressWith({ at: next === last ? null : moments[next]!.id }), { replace: true });
  return (
    <>
      <div className="state-moment">
        <p className="figures">
          <b>
            Event {(index + 1).toLocaleString()} of {moments.length.toLocaleString()}
          </b>
          {!complete && <span className="quiet"> (the newest)</span>}
          {" · "}
          <span title={exactTime(new Date(moment.at))}>
            <RelativeTime at={moment.at} withDay />
          </span>
        </p>
        <p className="state-event">
          <PlaceLink to={addressWith({ event: moment.id, tab: null })}>{text}</PlaceLink>
        </p>
      </div>
      <Slider
        label="Moment"
        min={0}
        max={last}
        value={index}
        told={`Event ${index + 1} of ${moments.length}: ${text}, ${exactTime(new Date(moment.at))}`}
        onChange={choose}
      />
      <Refused failure={failure} />
      {shown && <StateTable state={shown.state} before={shown.before} isStale={!isCurrent} />}
    </>
  );
}

/** The state before stays until the next one has come, so that nothing jumps while the thumb is dragged. */
function useShownState(type: string, id: string, until: string) {
  const settled = useSettled(until, 80);
  const { answer, failure } = useAsked(`state ${type}:${id} ${settled}`, () => readState(type, id, settled));
  const [shown, setShown] = useState<Folded | null>(null);
  useEffect(() => {
    if (answer !== null) setShown(answer);
  }, [answer]);
  return { shown, failure };
}

/** Only operators can do something about it. */
function HowToDefine({ type }: { readonly type: string }) {
  const example = `export const ${type} = defineEntity("${type}", {
  state: {
    initial: { column: null },
    on: {
      "${type}.moved": (state, { refs }: { refs: { to: EntityRef } }) => ({ ...state, column: refs.to.id }),
    },
  },
});`;
  return (
    <details className="state-how">
      <summary>State over time</summary>
      <div className="state-how-body">
        <p className="quiet">
          Say what each event does to a {type}, and its state at any moment is shown here.
        </p>
        <CodeToCopy text={example} what="the example" />
      </div>
    </details>
  );
}
