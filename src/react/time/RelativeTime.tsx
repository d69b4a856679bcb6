import { useCallback, type ReactElement } from "react";
import { useTidings } from "../provider/useTidings.ts";
import { relativeTime } from "./timeText.ts";
import { useNow } from "./useNow.ts";
import { exactTime, plainTime, type Zone } from "./zonedTime.ts";

export interface RelativeTimeProps {
  /** ISO 8601. */
  at: string;
  locale?: string | undefined;
  id?: string | undefined;
  className?: string | undefined;
}

/** Counts by itself. The exact time and zone are its title. On the server it is the plain date and time. */
export function RelativeTime({ at, locale, id, className }: RelativeTimeProps): ReactElement {
  const reader = useTidings();
  const { words, timeZone } = reader;
  const language = locale ?? reader.locale;
  const date = new Date(at);
  const zone: Zone = { locale: language, timeZone };
  const shown = useNow(
    useCallback(
      (now: number) => relativeTime(new Date(at), now, { locale: language, timeZone }, words.justNow),
      [at, language, timeZone, words.justNow],
    ),
  );
  return (
    <time id={id} className={className} dateTime={at} title={shown === null ? at : exactTime(date, zone)}>
      {shown ?? plainTime(date, timeZone)}
    </time>
  );
}
