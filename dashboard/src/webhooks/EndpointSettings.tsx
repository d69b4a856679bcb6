import type { ReactNode } from "react";
import type { Endpoint } from "./api.ts";
import { describeDuration } from "../shared/duration.ts";
import { ShortId } from "../shared/ShortId.tsx";
import { RelativeTime } from "../time/RelativeTime.tsx";
import { formats, schedules, schemes } from "./schemes.ts";

/** What it is set to, to be read; the form changes it. */
export function EndpointSettings({ endpoint }: { readonly endpoint: Endpoint }) {
  const rows: readonly (readonly [string, ReactNode])[] = [
    ["Events", endpoint.types.includes("*") ? "All" : <Codes texts={endpoint.types} />],
    ["Only if", endpoint.filter === null ? null : <code>{endpoint.filter}</code>],
    ["Body", formats[endpoint.format]?.name ?? endpoint.format],
    ["Signature", schemes[endpoint.scheme]?.name ?? endpoint.scheme],
    ["Headers", endpoint.headerNames.length === 0 ? null : <Codes texts={endpoint.headerNames} />],
    ["Tries", scheduleWords(endpoint.schedule)],
    ["Timeout", describeDuration(endpoint.timeoutMs)],
    [
      "At most",
      endpoint.rateLimit === null ? null : `${endpoint.rateLimit.perSecond.toLocaleString()} a second`,
    ],
    ["Order", endpoint.ordered ? "One at a time for each subject" : null],
    ["Secrets", <Keys key="keys" endpoint={endpoint} />],
    ["Id", <ShortId key="id" id={endpoint.id} what="the endpoint's id" />],
  ];
  return (
    <details className="settings">
      <summary>Settings</summary>
      <dl>
        {rows.map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </details>
  );
}

function Codes({ texts }: { readonly texts: readonly string[] }) {
  return (
    <span className="codes">
      {texts.map((text) => (
        <code key={text}>{text}</code>
      ))}
    </span>
  );
}

/** Never the secrets themselves: when each was made, and how long the older ones still sign. */
function Keys({ endpoint: { keys } }: { readonly endpoint: Endpoint }) {
  return (
    <ul>
      {keys.map((key) => (
        <li key={key.id}>
          {key.validUntil === null ? "Present one" : "Older one"}, made{" "}
          <RelativeTime at={key.createdAt} withDay />
          {key.validUntil !== null && (
            <>
              , signs until{" "}
              <time dateTime={key.validUntil}>
                {new Date(key.validUntil).toLocaleString(undefined, {
                  dateStyle: "medium",
                  timeStyle: "short",
                })}
              </time>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

export function scheduleWords(schedule: readonly number[]): string {
  const known = Object.values(schedules).find(
    ({ seconds }) =>
      seconds.length === schedule.length && seconds.every((each, index) => each === schedule[index]),
  );
  if (known) return known.about;
  const whole = schedule.reduce((sum, seconds) => sum + seconds, 0);
  return `${schedule.length} ${schedule.length === 1 ? "try" : `tries over ${describeDuration(whole * 1_000)}`}`;
}
