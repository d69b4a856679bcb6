import { X } from "lucide-react";
import { readTrace, type Trace } from "../dashboardApi/trace.ts";
import { addressWith, goTo, usePlace } from "../frame/place.ts";
import { Dialog } from "../shared/Dialog.tsx";
import { Failure } from "../shared/Failure.tsx";
import { icon } from "../shared/icon.ts";
import { Tabs, type Tab } from "../shared/Tabs.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useMediaQuery } from "../shared/useMediaQuery.ts";
import { DeliveriesTab } from "./DeliveriesTab.tsx";
import { EventTab } from "./EventTab.tsx";
import "./inspector.css";
import { JsonTab } from "./JsonTab.tsx";
import { ResizeHandle } from "./ResizeHandle.tsx";
import { TimelinesTab } from "./TimelinesTab.tsx";
import { TraceTab } from "./TraceTab.tsx";
import { useInspectorWidth } from "./useInspectorWidth.ts";

interface InspectorProps {
  readonly id: string;
  readonly onClose: () => void;
}

const tabIds = ["event", "trace", "timelines", "deliveries", "json"] as const;
type TabId = (typeof tabIds)[number];

/** Deliveries go on while they are looked at. */
const EVERY_MS = 4_000;

/** One event beside the page that named it; on a phone in a sheet over it. */
export function Inspector({ id, onClose }: InspectorProps) {
  const isSheet = useMediaQuery("(max-width: 999px)");
  const [width, resize] = useInspectorWidth();
  if (isSheet) {
    return (
      <Dialog className="sheet inspector-sheet" label="Event" onClose={onClose}>
        <section className="inspector" aria-label="Inspector">
          <Content id={id} onClose={onClose} />
        </section>
      </Dialog>
    );
  }
  return (
    <aside className="inspector" aria-label="Inspector" style={{ width }}>
      <ResizeHandle width={width} onResize={resize} />
      <Content id={id} onClose={onClose} />
    </aside>
  );
}

function Content({ id, onClose }: InspectorProps) {
  const { query } = usePlace();
  const { answer: trace, failure, refresh } = useAsked(`trace ${id}`, () => readTrace(id), EVERY_MS);
  const chosen = tabIds.find((tab) => tab === query.get("tab")) ?? "event";
  const choose = (tab: TabId) => goTo(addressWith({ tab: tab === "event" ? null : tab }), { replace: true });
  return (
    <>
      <header className="inspector-head">
        <h2>{trace ? trace.item.text : "Event"}</h2>
        <button type="button" className="icon-button" aria-label="Close the inspector" onClick={onClose}>
          <X {...icon} />
        </button>
      </header>
      {trace ? (
        <Tabs label="Event" tabs={tabsOf(trace)} chosen={chosen} onChoose={choose}>
          <Shown tab={chosen} trace={trace} />
        </Tabs>
      ) : failure ? (
        <Failure what="The event could not be read" failure={failure} onRetry={refresh} />
      ) : (
        <div className="skeleton inspector-skeleton" role="status" aria-label="Loading the event">
          {Array.from({ length: 6 }, (_, index) => (
            <span key={index} className="skeleton-line" />
          ))}
        </div>
      )}
    </>
  );
}

function tabsOf({ timelines, deliveries }: Trace): readonly Tab<TabId>[] {
  return [
    { id: "event", name: "Event" },
    { id: "trace", name: "Trace" },
    { id: "timelines", name: "Timelines", count: timelines.length },
    { id: "deliveries", name: "Deliveries", count: deliveries?.length },
    { id: "json", name: "JSON" },
  ];
}

function Shown({ tab, trace }: { readonly tab: TabId; readonly trace: Trace }) {
  switch (tab) {
    case "event":
      return <EventTab trace={trace} />;
    case "trace":
      return <TraceTab trace={trace} />;
    case "timelines":
      return <TimelinesTab timelines={trace.timelines} />;
    case "deliveries":
      return <DeliveriesTab deliveries={trace.deliveries} />;
    case "json":
      return <JsonTab event={trace.event} />;
  }
}
