import { ArrowLeft, SquareArrowOutUpRight } from "lucide-react";
import { EntityTimeline } from "../../../../src/react/timeline/EntityTimeline.tsx";
import { readEntity, type EntityOverview } from "../../dashboardApi/entities.ts";
import { useFrame } from "../../frame/frameContext.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { CopyButton } from "../../shared/CopyButton.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { FeedProvider } from "../../shared/FeedProvider.tsx";
import { icon } from "../../shared/icon.ts";
import { InspectedFeed } from "../../shared/InspectedFeed.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { EntityFacts } from "./EntityFacts.tsx";
import { EntityState } from "./EntityState.tsx";
import { WeekChart } from "./WeekChart.tsx";

interface EntityPageProps {
  readonly type: string;
  readonly id: string;
}

const REFRESH_MS = 10_000;

/** Name, first and last event, people involved, activity by week; then everything that happened to it. */
export function EntityPage({ type, id }: EntityPageProps) {
  const key = `${type}:${id}`;
  const { actor, role } = useFrame().identity;
  const { answer, failure, refresh } = useAsked(`entity ${key}`, () => readEntity(type, id), REFRESH_MS);
  const crumbs = (
    <PlaceLink to={addressOf(["entities"])} className="back">
      <ArrowLeft {...icon} />
      Entities
    </PlaceLink>
  );
  if (answer === null && failure !== null) {
    return (
      <PageFrame title={key} crumbs={crumbs}>
        {failure.code === "ENTITY_NOT_FOUND" ? (
          <div className="empty">
            <h2>No event is about {key}</h2>
            <p>It may be written otherwise, belong to another account, or be for people other than you.</p>
          </div>
        ) : (
          <Failure what="The entity could not be read" failure={failure} onRetry={refresh} />
        )}
      </PageFrame>
    );
  }
  const seesAll = role === "operator" || role === "service";
  return (
    <PageFrame
      title={answer?.entity.label ?? key}
      crumbs={crumbs}
      actions={answer && <OpenInApp entity={answer.entity} />}
    >
      <p className="entity-key">
        <code className="quiet">{key}</code>
        <CopyButton text={key} what="its key" />
        {answer?.entity.deleted && <span className="tag">deleted</span>}
      </p>
      <div className="entity-overview">
        {answer && (
          <>
            <EntityFacts overview={answer} />
            <WeekChart overview={answer} />
          </>
        )}
      </div>
      <EntityState type={type} id={id} />
      <h2 id="timeline">Timeline</h2>
      <FeedProvider viewer={seesAll ? undefined : actor}>
        <InspectedFeed>
          <EntityTimeline entity={{ type, id }} labelledBy="timeline" />
        </InspectedFeed>
      </FeedProvider>
    </PageFrame>
  );
}

function OpenInApp({ entity: { url, deleted } }: { readonly entity: EntityOverview["entity"] }) {
  if (url === null || deleted) return null;
  return (
    <a className="button" href={url}>
      Open in the app
      <SquareArrowOutUpRight {...icon} />
    </a>
  );
}
