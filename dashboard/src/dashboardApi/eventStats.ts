import type { CountBucket } from "../charts/series.ts";
import { read } from "./request.ts";

export interface EventStats {
  /** Oldest first, without a hole. */
  readonly buckets: readonly CountBucket[];
  /** False where the account is too busy for the whole time: the buckets begin later. */
  readonly complete: boolean;
}

export interface StatsQuery {
  readonly by: "type" | "lane";
  /** Hours of the last day, or days of the last 30. */
  readonly bucket: "hour" | "day";
}

/** In the reader's own days. */
export const readEventStats = ({ by, bucket }: StatsQuery) =>
  read<EventStats>("events/stats", {
    by,
    bucket,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
