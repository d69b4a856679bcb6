import type { ReactElement } from "react";
import { useTidings } from "../provider/useTidings.ts";
import type { RelativeTimeProps } from "./RelativeTime.tsx";
import { useHydrated } from "./useZone.ts";
import { clockTime, exactTime, plainTime } from "./zonedTime.ts";

/** The time of day, where a heading names the day. On the server in plain digits. */
export function ClockTime({ at, locale, id, className }: RelativeTimeProps): ReactElement {
  const reader = useTidings();
  const isHydrated = useHydrated();
  const date = new Date(at);
  const zone = { locale: locale ?? reader.locale, timeZone: reader.timeZone };
  return (
    <time id={id} className={className} dateTime={at} title={isHydrated ? exactTime(date, zone) : at}>
      {isHydrated ? clockTime(date, zone) : plainTime(date, reader.timeZone).slice(-5)}
    </time>
  );
}
