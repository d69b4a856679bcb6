import { useCallback, type ReactElement } from "react";
import { useTidings } from "../provider/useTidings.ts";
import { dayHeading } from "./timeText.ts";
import { useNow } from "./useNow.ts";
import { dayOf } from "./zonedTime.ts";

/** "Today", "Yesterday", "Monday, November 16"; on the server `2026-11-16`. It moves on at the reader's midnight. */
export function DayHeading({ day, locale }: { day: string; locale?: string | undefined }): ReactElement {
  const reader = useTidings();
  const { timeZone } = reader;
  const language = locale ?? reader.locale;
  const heading = useNow(
    useCallback(
      (now) => dayHeading(day, dayOf(new Date(now), timeZone), { locale: language, timeZone }),
      [day, language, timeZone],
    ),
  );
  return <>{heading ?? day}</>;
}
