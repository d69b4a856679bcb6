/** The reader's language and zone. Undefined: the device's. */
export interface Zone {
  readonly locale: string | undefined;
  readonly timeZone: string | undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are dear to make (0.05 ms) and a page has hundreds of times: one of each kind is kept. */
export function formatDate(
  at: Date,
  { locale, timeZone }: Zone,
  options: Intl.DateTimeFormatOptions,
): string {
  const key = JSON.stringify([locale, timeZone, options]);
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    formats.set(key, format);
  }
  return format.format(at);
}

/** `2026-11-20` in the zone. Swedish writes dates as ISO does. */
export function dayOf(at: Date, timeZone: string | undefined): string {
  return formatDate(at, { locale: "sv", timeZone }, { dateStyle: "short" });
}

export function clockTime(at: Date, zone: Zone): string {
  return formatDate(at, zone, { hour: "2-digit", minute: "2-digit" });
}

/** "12 Nov, 14:03"; the year only where it is not that of `day`. */
export function timeWithDate(at: Date, day: string, zone: Zone): string {
  const isOtherYear = dayOf(at, zone.timeZone).slice(0, 4) !== day.slice(0, 4);
  return formatDate(at, zone, {
    ...(isOtherYear && { year: "numeric" }),
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** In full, with the zone. */
export function exactTime(at: Date, zone: Zone): string {
  return formatDate(at, zone, { dateStyle: "full", timeStyle: "long" });
}

/** What server and browser write alike, whatever their Intl data: `2026-11-20 14:05`, in UTC unless a zone is given. */
export function plainTime(at: Date, timeZone: string | undefined): string {
  const zone = { locale: "sv", timeZone: timeZone ?? "UTC" };
  return `${formatDate(at, zone, { dateStyle: "short" })} ${formatDate(at, zone, { timeStyle: "short" })}`;
}
