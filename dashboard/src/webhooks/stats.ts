import type { Api, StatsBucket } from "./api.ts";
import { useAsked } from "../shared/useAsked.ts";
import { useWebhooks } from "./host.ts";

/** The last day of an endpoint. */
export interface DayStats {
  /** 48, the oldest first, also where nothing happened. */
  readonly halfHours: readonly HalfHour[];
  readonly delivered: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** Tries, not deliveries: one that fails four times and then succeeds counts five. */
export interface HalfHour {
  readonly since: Date;
  readonly delivered: number;
  readonly failed: number;
}

const HALF_HOUR_MS = 1_800_000;
const HALF_HOURS = 48;

export function useStats(endpoint: string, everyMs: number): DayStats | null {
  const { api } = useWebhooks();
  const { answer } = useAsked(`stats of ${endpoint}`, () => askForDay(api, endpoint), everyMs);
  return answer;
}

async function askForDay(api: Api, endpoint: string): Promise<DayStats> {
  const first = firstHalfHour(Date.now());
  const [buckets, days] = await Promise.all([
    api.stats(endpoint, new Date(first), HALF_HOUR_MS / 1_000),
    api.stats(endpoint, new Date(first), 86_400),
  ]);
  return dayStats(buckets, days, first);
}

/** The present half-hour is the last one. */
export function firstHalfHour(now: number): number {
  return Math.floor(now / HALF_HOUR_MS) * HALF_HOUR_MS - (HALF_HOURS - 1) * HALF_HOUR_MS;
}

/** `days` is the same time in as few buckets as the server makes of it: its percentiles are those of the busiest. */
export function dayStats(
  buckets: readonly StatsBucket[],
  days: readonly StatsBucket[],
  first: number,
): DayStats {
  const halfHours = Array.from({ length: HALF_HOURS }, (_, index) => {
    const since = first + index * HALF_HOUR_MS;
    const within = buckets.filter(({ since: at }) => {
      const offset = Date.parse(at) - since;
      return offset >= 0 && offset < HALF_HOUR_MS;
    });
    return { since: new Date(since), delivered: sum(within, "delivered"), failed: sum(within, "failed") };
  });
  const busiest = days.toSorted((a, b) => b.delivered + b.failed - a.delivered - a.failed)[0];
  return {
    halfHours,
    delivered: sum(halfHours, "delivered"),
    failed: sum(halfHours, "failed"),
    p50Ms: busiest?.p50Ms ?? null,
    p95Ms: busiest?.p95Ms ?? null,
  };
}

/** "99.2 %": 100 % only where nothing failed. */
export function percentWords(stats: Pick<DayStats, "delivered" | "failed"> | null): string {
  if (stats === null) return "";
  const all = stats.delivered + stats.failed;
  if (all === 0) return "Nothing sent";
  const percent = Math.floor((stats.delivered / all) * 1_000) / 10;
  return `${percent.toLocaleString()} %`;
}

function sum(items: readonly HalfHourCounts[], what: "delivered" | "failed"): number {
  return items.reduce((total, item) => total + item[what], 0);
}

type HalfHourCounts = Pick<HalfHour, "delivered" | "failed">;
