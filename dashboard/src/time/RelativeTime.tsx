import { exactTime, relativeTime, relativeTimeWithDay } from "./relativeTime.ts";
import { useNow } from "./useNow.ts";

interface RelativeTimeProps {
  readonly at: string;
  readonly withDay?: boolean | undefined;
  readonly id?: string | undefined;
}

/** Counts by itself. The exact time and zone show on hover, and while the row that holds it has the focus. */
export function RelativeTime({ at, withDay = false, id }: RelativeTimeProps) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time className="when" id={id} dateTime={at} data-exact={exactTime(date)}>
      {withDay ? relativeTimeWithDay(date, now) : relativeTime(date, now)}
    </time>
  );
}
