import { exactTime, relativeTime, relativeTimeWithDay } from "./relativeTime.ts";
import { useNow } from "./useNow.ts";

interface RelativeTimeProps {
  readonly at: string;
  readonly withDay?: boolean | undefined;
}

/** Counts by itself. The exact time and zone show on hover. */
export function RelativeTime({ at, withDay = false }: RelativeTimeProps) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time className="when" dateTime={at} data-exact={exactTime(date)}>
      {withDay ? relativeTimeWithDay(date, now) : relativeTime(date, now)}
    </time>
  );
}
