import { Plus, Webhook } from "lucide-react";
import type { Endpoint } from "./api.ts";
import { describeDuration } from "../shared/duration.ts";
import { Failure } from "../shared/Failure.tsx";
import { icon } from "../shared/icon.ts";
import { useAsked } from "../shared/useAsked.ts";
import { RelativeTime } from "../time/RelativeTime.tsx";
import { EndpointStatus } from "./EndpointStatus.tsx";
import { hostOf, pathOf, typesWords } from "./endpointWords.ts";
import { failureWords } from "./failureWords.ts";
import { PlaceLink } from "./PlaceLink.tsx";
import { StatsBar } from "./StatsBar.tsx";
import { percentWords, useStats } from "./stats.ts";
import { useWebhooks } from "./host.ts";

const REFRESH_MS = 15_000;
/** Of each endpoint: a hundred of them ask seven times a second. */
const STATS_REFRESH_MS = 30_000;

export function EndpointList() {
  const { api, mayManage, overview, Page } = useWebhooks();
  const { answer, failure, refresh } = useAsked("endpoints", api.endpoints, REFRESH_MS);
  const hasSome = answer !== null && answer.length > 0;
  return (
    <Page
      title="Webhooks"
      line={
        <p className="quiet">Events sent to your own systems: signed, tried again, and kept to look at.</p>
      }
      actions={mayManage && hasSome && <AddButton />}
    >
      {answer === null && failure ? (
        <Failure what="The endpoints could not be loaded" failure={failure} onRetry={refresh} />
      ) : answer === null ? (
        <ListSkeleton />
      ) : hasSome ? (
        <>
          <Table endpoints={answer} />
          {overview}
        </>
      ) : (
        <NoEndpoints />
      )}
    </Page>
  );
}

function AddButton() {
  const { leaveFor } = useWebhooks();
  return (
    <button type="button" className="button button-primary" onClick={() => leaveFor({ form: "new" })}>
      <Plus {...icon} />
      Add endpoint
    </button>
  );
}

function Table({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  return (
    <>
      <div className="endpoint-row endpoint-heads" aria-hidden>
        <span>Endpoint</span>
        <span>Status</span>
        <span>Delivered, last 24 hours</span>
        <span className="endpoint-p95">95 % within</span>
        <span>Last failure</span>
      </div>
      <ul className="endpoints">
        {endpoints.map((endpoint) => (
          <Row key={endpoint.id} endpoint={endpoint} />
        ))}
      </ul>
    </>
  );
}

function Row({ endpoint }: { readonly endpoint: Endpoint }) {
  const stats = useStats(endpoint.id, STATS_REFRESH_MS);
  return (
    <li className="endpoint-row">
      <div className="endpoint-name">
        <PlaceLink className="row-link" data-row to={{ endpoint: endpoint.id }}>
          <b>{hostOf(endpoint.url)}</b>
          <span className="endpoint-path">{pathOf(endpoint.url)}</span>
        </PlaceLink>
        <span className="quiet endpoint-about">
          {endpoint.description || typesWords(endpoint.types)}
          {endpoint.description && <span className="endpoint-types"> · {typesWords(endpoint.types)}</span>}
        </span>
      </div>
      <EndpointStatus endpoint={endpoint} />
      <div className="endpoint-success">
        <StatsBar buckets={stats?.halfHours ?? null} />
        <span className={stats && stats.delivered + stats.failed === 0 ? "quiet" : "figures"}>
          {percentWords(stats)}
        </span>
      </div>
      <span className="endpoint-p95 figures">
        <span className="visually-hidden">95 percent within </span>
        {stats?.p95Ms == null ? <span className="quiet">–</span> : describeDuration(stats.p95Ms)}
      </span>
      <span className="endpoint-failure">
        <LastFailure endpoint={endpoint} />
      </span>
    </li>
  );
}

/** In words while it lasts; of what was overcome only the time. */
function LastFailure({ endpoint }: { readonly endpoint: Endpoint }) {
  const { api, mayReadDeliveries } = useWebhooks();
  const { lastFailureAt, failingSince } = endpoint.health;
  const lasts = failingSince !== null;
  const { answer } = useAsked(
    lasts && mayReadDeliveries ? `last failure of ${endpoint.id} at ${lastFailureAt}` : null,
    async () => {
      const filter = { states: ["retrying", "failed"], type: null, since: null } as const;
      return (await api.deliveries(endpoint.id, filter, null, 1)).items[0] ?? null;
    },
  );
  if (lastFailureAt === null) return <span className="quiet">None</span>;
  const words = answer?.failure ? failureWords(answer.failure, answer.status).what : null;
  return (
    <>
      {words !== null && <span>{words}</span>}
      <span className="quiet">
        <RelativeTime at={lastFailureAt} withDay />
      </span>
    </>
  );
}

function NoEndpoints() {
  const { mayManage } = useWebhooks();
  return (
    <div className="empty">
      <Webhook {...icon} size={24} />
      <h2>No endpoints yet</h2>
      <p>
        An endpoint is an address of yours that hears of events as they happen. Each request is signed, tried
        again for three days where it fails, and kept here to be read and sent again.
      </p>
      {mayManage && <AddButton />}
    </div>
  );
}

function ListSkeleton() {
  return (
    <ul className="endpoints skeleton" aria-label="Loading the endpoints">
      {[38, 52, 30].map((width) => (
        <li key={width} className="endpoint-row">
          <span className="skeleton-line" style={{ width: `${width * 4}px` }} />
          <span className="skeleton-line" style={{ width: "80px" }} />
          <span className="skeleton-line" />
        </li>
      ))}
    </ul>
  );
}
