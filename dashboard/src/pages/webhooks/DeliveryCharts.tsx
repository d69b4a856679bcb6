import { useMemo } from "react";
import { spanWords } from "../../charts/chartWords.ts";
import type { Series } from "../../charts/series.ts";
import { TimeChart } from "../../charts/TimeChart.tsx";
import { readWebhookStats } from "../../dashboardApi/webhooks.ts";
import { describeDuration } from "../../shared/duration.ts";
import { useAsked } from "../../shared/useAsked.ts";
import type { StatsBucket } from "../../webhooks/api.ts";
import { percentWords } from "../../webhooks/stats.ts";

const REFRESH_MS = 30_000;
const HALF_HOUR_MS = 1_800_000;

/** All endpoints together: what went through and what did not, and how long they took to answer. */
export function DeliveryCharts() {
  const { answer } = useAsked("stats of all endpoints", readWebhookStats, REFRESH_MS);
  if (answer === null) return <div className="delivery-charts" />;
  return <Drawn buckets={answer} />;
}

function Drawn({ buckets }: { readonly buckets: readonly StatsBucket[] }) {
  const times = useMemo(() => buckets.map(({ since }) => Date.parse(since)), [buckets]);
  const tries = useMemo(
    (): Series[] => [
      { name: "delivered", colour: "--good", values: buckets.map(({ delivered }) => delivered) },
      { name: "failed", colour: "--bad", values: buckets.map(({ failed }) => failed) },
    ],
    [buckets],
  );
  const latency = useMemo(
    (): Series[] => [
      { name: "95 % within", colour: "--lane-change", values: buckets.map(({ p95Ms }) => p95Ms) },
      { name: "half within", colour: "--lane-domain", values: buckets.map(({ p50Ms }) => p50Ms) },
    ],
    [buckets],
  );
  const delivered = buckets.reduce((sum, bucket) => sum + bucket.delivered, 0);
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  if (delivered + failed === 0) return null;
  const slowest = Math.max(0, ...buckets.map(({ p95Ms }) => p95Ms ?? 0));
  const formatTime = (at: number) => spanWords(at, HALF_HOUR_MS);
  return (
    <section className="delivery-charts charts" aria-label="The last 24 hours of all endpoints">
      <TimeChart
        title="Tries"
        told={`${percentWords({ delivered, failed })} of ${(delivered + failed).toLocaleString()} went through in the last 24 hours`}
        times={times}
        series={tries}
        stretchMs={HALF_HOUR_MS}
        whole
        format={(value) => value.toLocaleString()}
        formatTime={formatTime}
      />
      <TimeChart
        title="Time to answer"
        told={`At worst 95 % within ${describeDuration(slowest)} in a half-hour`}
        times={times}
        series={latency}
        stretchMs={HALF_HOUR_MS}
        format={describeDuration}
        formatTime={formatTime}
      />
    </section>
  );
}
