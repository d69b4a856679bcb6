import { CircleAlert, TriangleAlert } from "lucide-react";
import { memo, useState } from "react";
import type { FeedItem } from "../../../../src/react/wire.ts";
import { addressWith } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { icon } from "../../shared/icon.ts";
import { Lane } from "../../shared/Lane.tsx";
import { exactTime } from "../../time/relativeTime.ts";
import type { LiveRow as Row } from "./liveRows.ts";
import { logTime } from "../../time/logTime.ts";

interface LiveRowProps {
  readonly row: Row;
  /** Its place in the table, the heading being 1. */
  readonly place: number;
  readonly top: number;
  readonly isOpen: boolean;
  /** Whether some row is open: then another one takes its place in the history of the window. */
  readonly replaces: boolean;
}

/** New rows fade in; one that is only scrolled to does not. */
const NEW_MS = 400;

export const LiveRow = memo(function LiveRow({ row, place, top, isOpen, replaces }: LiveRowProps) {
  const { item, position, cameAt } = row;
  const [isNew] = useState(() => cameAt !== null && Date.now() - cameAt < NEW_MS);
  const at = new Date(item.occurredAt);
  return (
    <div
      role="row"
      aria-rowindex={place}
      aria-selected={isOpen}
      className={`log-row ${isNew ? "log-row-new" : ""}`}
      style={{ translate: `0 ${top}px` }}
    >
      <time role="cell" className="log-time" dateTime={item.occurredAt} title={exactTime(at)}>
        {logTime(at)}
      </time>
      <span role="cell" className="log-lane">
        <Lane lane={item.lane} />
      </span>
      <span role="cell" className="log-type">
        <code>{item.type}</code>
      </span>
      <span role="cell" className="log-sentence">
        <SeverityMark severity={item.severity} />
        <PlaceLink
          to={addressWith({ event: item.id })}
          replaces={replaces}
          className="row-link"
          data-row
          title={item.text}
        >
          <SentenceText item={item} />
        </PlaceLink>
      </span>
      <span role="cell" className="log-position">
        {position?.toLocaleString()}
      </span>
    </div>
  );
});

/** Who and what stands out from the words between them. */
function SentenceText({ item }: { readonly item: FeedItem }) {
  return item.sentence.map((part, index) => (
    <span key={index} className={part.entity ? "log-entity" : undefined}>
      {part.text}
    </span>
  ));
}

function SeverityMark({ severity }: { readonly severity: FeedItem["severity"] }) {
  if (severity === "info") return null;
  const Icon = severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <span className={`status tone-${severity === "error" ? "bad" : "warn"}`}>
      <Icon {...icon} size={14} />
      {severity}
    </span>
  );
}
