import type { ReactElement } from "react";
import { useTidings } from "../provider/useTidings.ts";
import { recordedAt } from "./recordedAt.ts";
import { useHydrated } from "./useZone.ts";
import { clockTime, dayOf, exactTime, plainTime, timeWithDate } from "./zonedTime.ts";

export interface ClockTimeProps {
  readonly item: { readonly id: string; readonly occurredAt: string };
  /** The day of the heading above: that of recording. */
  readonly day: string;
  /** Says both times of an event that happened on another day. */
  readonly late: (happened: string, recorded: string) => string;
  readonly locale: string | undefined;
  readonly className: string;
}

/**
 * The time of day, where a heading names the day; with the date for what happened on another one: imported, or done offline.
 * On the server in plain digits.
 */
export function ClockTime({ item, day, late, locale, className }: ClockTimeProps): ReactElement {
  const reader = useTidings();
  const isHydrated = useHydrated();
  const { occurredAt } = item;
  const date = new Date(occurredAt);
  const zone = { locale: locale ?? reader.locale, timeZone: reader.timeZone };
  if (!isHydrated) {
    const plain = plainTime(date, reader.timeZone);
    return (
      <time className={className} dateTime={occurredAt} title={occurredAt}>
        {plain.startsWith(day) ? plain.slice(-5) : plain}
      </time>
    );
  }
  const isLate = dayOf(date, reader.timeZone) !== day;
  const exact = exactTime(date, zone);
  return (
    <time
      className={className}
      dateTime={occurredAt}
      title={isLate ? late(exact, exactTime(new Date(recordedAt(item.id)), zone)) : exact}
    >
      {isLate ? timeWithDate(date, day, zone) : clockTime(date, zone)}
    </time>
  );
}
