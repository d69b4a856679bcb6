import { ChevronUp, CircleAlert, Layers, Webhook } from "lucide-react";
import { NO_ANSWER } from "../../../../dashboard/src/shared/ask.ts";
import { goTo, usePlace } from "../shared/place.ts";
import { type Arrival, eventIn } from "../webhooks/arrival.ts";
import type { Deed } from "./useDeed.ts";

interface UnderTheHoodProps {
  readonly deed: Deed;
  readonly arrivals: readonly Arrival[];
}

/** One quiet line: what the last action did to the database, measured. */
export function UnderTheHood({ deed, arrivals }: UnderTheHoodProps) {
  const failed = deed.state === "failed";
  const Icon = failed ? CircleAlert : Layers;
  return (
    <footer className={`hood${failed ? " hood-failed" : ""}`} aria-label="Under the hood">
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <p role="status" data-deed={deed.state}>
        <Words deed={deed} delivered={deliveredFor(deed, arrivals)} />
      </p>
      <ArrivalsButton count={arrivals.length} />
    </footer>
  );
}

function ArrivalsButton({ count }: { readonly count: number }) {
  const { arrivalsOpen } = usePlace();
  return (
    <button
      type="button"
      className="hood-arrivals"
      aria-expanded={arrivalsOpen}
      onClick={() => goTo({ arrivalsOpen: !arrivalsOpen })}
    >
      <Webhook size={14} strokeWidth={1.75} aria-hidden />
      <span>
        Receiver{count > 0 && `, ${count}`}
        <span className="visually-hidden"> arrived</span>
      </span>
      <ChevronUp size={14} strokeWidth={1.75} aria-hidden />
    </button>
  );
}

interface WordsProps {
  readonly deed: Deed;
  readonly delivered: number;
}

function Words({ deed, delivered }: WordsProps) {
  switch (deed.state) {
    case "none":
      return "Move a card: this line tells what happens under the hood.";
    case "unchanged":
      return "Nothing changed, so nothing was written and nothing recorded.";
    case "failed":
      return (
        <>
          {deed.failure.code === NO_ANSWER
            ? "Not known whether it was written"
            : "Nothing was written, nothing recorded"}
          : {deed.failure.message} <code>{deed.failure.code}</code>
        </>
      );
    case "recorded":
      return <Transaction change={deed.change} />;
    case "seen":
      return (
        <>
          <Transaction change={deed.change} />, position <b>{deed.position.toLocaleString()}</b>{" "}
          {deed.afterMs === 0 ? "before the answer" : `after ${deed.afterMs} ms`}
          {delivered > 0 && `, ${delivered} ${delivered === 1 ? "webhook" : "webhooks"} delivered`}
        </>
      );
  }
}

function Transaction({ change }: Pick<Deed & { state: "recorded" }, "change">) {
  return (
    <>
      1 transaction: {change.wrote.join(", ")},{" "}
      {change.recorded.map((event, index) => (
        <span key={event.id}>
          {index > 0 && ", "}
          <code>{event.type}</code>
        </span>
      ))}{" "}
      recorded
    </>
  );
}

/** How many of the change's events the receiver took. */
function deliveredFor(deed: Deed, arrivals: readonly Arrival[]): number {
  if (deed.state !== "seen") return 0;
  const recorded = new Set(deed.change.recorded.map(({ id }) => id));
  return arrivals.filter((arrival) => arrival.answered === 200 && recorded.has(eventIn(arrival).id ?? ""))
    .length;
}
