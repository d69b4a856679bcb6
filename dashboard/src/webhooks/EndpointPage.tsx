import type { Endpoint } from "./api.ts";
import { CopyButton } from "../shared/CopyButton.tsx";
import { describeDuration } from "../shared/duration.ts";
import { Failure } from "../shared/Failure.tsx";
import { icon } from "../shared/icon.ts";
import { toneIcons } from "../shared/ToneMark.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useNow } from "../time/useNow.ts";
import { DayChart } from "./DayChart.tsx";
import { DeliveryList } from "./DeliveryList.tsx";
import { DeliveryPage } from "./DeliveryPage.tsx";
import { EndpointActions } from "./EndpointActions.tsx";
import { EndpointSettings } from "./EndpointSettings.tsx";
import { EndpointStatus } from "./EndpointStatus.tsx";
import { hostOf, pathOf, statusWords } from "./endpointWords.ts";
import { JobProgress } from "./JobProgress.tsx";
import { useStats } from "./stats.ts";
import { useWebhooks } from "./host.ts";

const REFRESH_MS = 5_000;

export function EndpointPage({ id }: { readonly id: string }) {
  const { api, Page } = useWebhooks();
  const { answer: endpoint, failure, refresh } = useAsked(id, () => api.endpoint(id), REFRESH_MS);
  if (endpoint !== null) return <Loaded endpoint={endpoint} refresh={refresh} />;
  return (
    <Page title="Endpoint" back={toList}>
      {failure ? (
        <Failure what="The endpoint could not be loaded" failure={failure} onRetry={refresh} />
      ) : (
        <PageSkeleton />
      )}
    </Page>
  );
}

const toList = { to: {}, words: "Webhooks" };

function Loaded({ endpoint, refresh }: { readonly endpoint: Endpoint; readonly refresh: () => void }) {
  const { place, mayReadDeliveries, Page } = useWebhooks();
  const stats = useStats(endpoint.id, REFRESH_MS);
  const delivery = mayReadDeliveries ? place.delivery : null;
  return (
    <Page
      title={hostOf(endpoint.url)}
      detail={pathOf(endpoint.url)}
      beside={<CopyButton text={endpoint.url} what="the address" />}
      line={
        <p className="endpoint-line">
          <EndpointStatus endpoint={endpoint} />
          {endpoint.description && <span className="quiet">{endpoint.description}</span>}
        </p>
      }
      back={toList}
      actions={<EndpointActions endpoint={endpoint} refresh={refresh} />}
    >
      <div className={delivery === null ? "endpoint" : "endpoint endpoint-open"}>
        <div className="endpoint-about-it">
          <Advice endpoint={endpoint} />
          <JobProgress endpointId={endpoint.id} />
          {stats ? <DayChart stats={stats} /> : <div className="chart-room" />}
          <EndpointSettings endpoint={endpoint} />
        </div>
        {mayReadDeliveries ? <DeliveryList endpoint={endpoint} /> : <DeliveriesClosed />}
        {delivery !== null && <DeliveryPage key={delivery} id={delivery} endpoint={endpoint} />}
      </div>
    </Page>
  );
}

function DeliveriesClosed() {
  return (
    <section className="deliveries" aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">Deliveries</h2>
      <p className="empty-line quiet">
        What was sent may hold events that are not for everybody in the account: it is shown to the roles{" "}
        <code>service</code> and <code>operator</code>.
      </p>
    </section>
  );
}

/** Why it does not work as it should, and what to do. */
function Advice({ endpoint }: { readonly endpoint: Endpoint }) {
  const now = useNow();
  const { tone, word, advice } = statusWords(endpoint);
  if (advice === null) return null;
  const Icon = toneIcons[tone];
  const since = endpoint.status === "disabled" ? endpoint.statusAt : endpoint.health.failingSince;
  return (
    <div className={`advice tone-${tone}`}>
      <Icon {...icon} />
      <p>
        <b>{word}</b>
        {since !== null && ` for ${describeDuration(Math.max(1_000, now - Date.parse(since)))}`}.{" "}
        <span className="advice-words">{advice}</span>
      </p>
    </div>
  );
}

function PageSkeleton() {
  return (
    <div className="skeleton page-skeleton" role="group" aria-label="Loading the endpoint">
      <span className="skeleton-line" style={{ width: "280px" }} />
      <span className="skeleton-line" style={{ width: "120px" }} />
      <span className="chart-room" />
    </div>
  );
}
