import { CircleAlert, Layers } from "lucide-react";
import { NO_ANSWER } from "../shared/request.ts";
import type { Deed } from "./useDeed.ts";

/** One quiet line: what the last action did to the database, measured. */
export function UnderTheHood({ deed }: { readonly deed: Deed }) {
  const failed = deed.state === "failed";
  const Icon = failed ? CircleAlert : Layers;
  return (
    <footer className={`hood${failed ? " hood-failed" : ""}`} aria-label="Under the hood">
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <p role="status" data-deed={deed.state}>
        <Words deed={deed} />
      </p>
    </footer>
  );
}

function Words({ deed }: { readonly deed: Deed }) {
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
