import type { EntityRef } from "../../../src/react/wire.ts";
import type { Trace } from "../dashboardApi/trace.ts";
import { addressOf, addressWith } from "../frame/place.ts";
import { PlaceLink } from "../frame/PlaceLink.tsx";
import { EntityLink } from "../shared/EntityLink.tsx";
import { Lane } from "../shared/Lane.tsx";
import { recordedAt } from "../../../src/react/time/recordedAt.ts";
import { ShortId } from "../shared/ShortId.tsx";
import { exactTime } from "../time/relativeTime.ts";
import { RelativeTime } from "../time/RelativeTime.tsx";
import { FieldTable } from "./FieldTable.tsx";
import { Fact } from "../shared/Fact.tsx";

/** Clocks of an app and its database differ by so much without anybody having said when it happened. */
const SAME_MOMENT_MS = 2_000;

/** Every field of an event, in words where there are any. */
export function EventTab({ trace: { event, position } }: { readonly trace: Trace }) {
  const recorded = new Date(recordedAt(event.id));
  const happenedEarlier = Math.abs(recorded.getTime() - Date.parse(event.occurredAt)) > SAME_MOMENT_MS;
  return (
    <>
      <dl className="facts">
        <Fact name="Type">
          <PlaceLink to={addressOf(["catalog", event.type])}>
            <code>{event.type}</code>
          </PlaceLink>
          <span className="quiet"> version {event.version}</span>
        </Fact>
        <Fact name="Lane">
          <Lane lane={event.lane} />
        </Fact>
        {event.severity !== "info" && <Fact name="Severity">{event.severity}</Fact>}
        <Fact name={happenedEarlier ? "Happened" : "When"}>
          <Moment at={new Date(event.occurredAt)} />
        </Fact>
        {happenedEarlier && (
          <Fact name="Recorded">
            <Moment at={recorded} />
          </Fact>
        )}
        <Fact name="Position">
          <span className="figures">{position === null ? "none yet" : position.toLocaleString()}</span>
        </Fact>
        <Fact name="Actor">
          <EntityLink entity={event.actor} />
        </Fact>
        {event.onBehalfOf && (
          <Fact name="On behalf of">
            <EntityLink entity={event.onBehalfOf} />
          </Fact>
        )}
        <Fact name="Subject">
          <EntityLink entity={event.subject} />
        </Fact>
        {Object.entries(event.refs).map(([role, held]) => (
          <Fact key={role} name={role}>
            <Held held={held} />
          </Fact>
        ))}
        {event.audience && <Fact name="Only for">{event.audience.join(", ")}</Fact>}
        {event.causedBy && (
          <Fact name="Caused by">
            <PlaceLink to={addressWith({ event: event.causedBy.id })}>
              <code>{event.causedBy.id}</code>
            </PlaceLink>
          </Fact>
        )}
        {event.problem && <Fact name="Problem">{problems[event.problem] ?? event.problem}</Fact>}
        <Fact name="Id">
          <ShortId id={event.id} what="the id" />
        </Fact>
      </dl>
      <FieldTable name="Data" fields={event.data} />
      <FieldTable name="Metadata" fields={event.metadata} />
    </>
  );
}

const problems: Readonly<Record<string, string>> = {
  unknown_type: "No definition has this type: data is shown as it was stored.",
  unknown_version: "A newer version than this server knows: data is shown as it was stored.",
  upcast_failed: "It could not be brought to the present version: data is shown as it was stored.",
};

function Held({ held }: { readonly held: EntityRef | readonly EntityRef[] | null }) {
  const entities = held === null ? [] : "type" in held ? [held] : held;
  if (entities.length === 0) return <span className="quiet">nobody and nothing</span>;
  return entities.map((entity) => <EntityLink key={`${entity.type}:${entity.id}`} entity={entity} />);
}

function Moment({ at }: { readonly at: Date }) {
  return (
    <>
      <span className="figures">{exactTime(at)}</span>
      <span className="quiet">
        {" · "}
        <RelativeTime at={at.toISOString()} withDay />
      </span>
    </>
  );
}
