import type { Endpoint, StatsBucket } from "../src/webhooks/api.ts";

const HOUR = 3_600_000;

/** A working day: busy at its middle, with a bad hour or two where the endpoint has trouble. */
export function sampleStats(
  endpoints: readonly Endpoint[],
  id: string,
  since: number,
  bucketMs: number,
  now: number,
): StatsBucket[] {
  const place = endpoints.findIndex((each) => each.id === id);
  const start = Math.floor(since / bucketMs) * bucketMs;
  return Array.from({ length: Math.ceil((now - start) / bucketMs) }, (_, index) => {
    const at = start + index * bucketMs;
    const hoursAgo = (now - at) / HOUR;
    const busy = Math.round(
      (bucketMs / (HOUR / 2)) * (14 + 11 * Math.sin(hoursAgo / 3.4 + place) + ((index * 7919) % 6)),
    );
    const tries = Math.max(0, [busy, Math.round(busy / 6), Math.round(busy / 3), 0][place] ?? 0);
    const failed =
      place === 2 && hoursAgo < 2.5
        ? tries
        : place === 0 && hoursAgo > 3 && hoursAgo < 4
          ? Math.ceil(tries / 9)
          : 0;
    const [p50Ms, p95Ms] = [
      [46, 118],
      [180, 410],
      [91, 14_800],
    ][place] ?? [0, 0];
    const some = tries > 0;
    return {
      since: new Date(at).toISOString(),
      delivered: tries - failed,
      failed,
      p50Ms: some ? p50Ms! : null,
      p95Ms: some ? p95Ms! : null,
    };
  });
}
