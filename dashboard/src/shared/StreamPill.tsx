import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import type { LiveStatus } from "../../../src/react/live/liveStream.ts";
import { icon } from "./icon.ts";

/** Nothing while the stream runs; otherwise what has become of it, and on return what was missed and is here now. */
export function StreamPill({ status }: { readonly status: LiveStatus }) {
  const said = useWords(status);
  const lost = status.state === "reconnecting" || status.state === "offline" || status.state === "stopped";
  return (
    <>
      <span role="status" className="visually-hidden">
        {lost ? "The live connection is lost" : said}
      </span>
      {said !== "" && (
        <span className={`pill figures ${lost ? "pill-warn" : ""}`} aria-hidden>
          {lost && <CloudOff {...icon} size={14} />}
          {said}
        </span>
      )}
    </>
  );
}

function useWords(status: LiveStatus): string {
  const seconds = useSecondsUntil(status.state === "reconnecting" ? status.retryAt : null);
  switch (status.state) {
    case "live":
      return status.caughtUp === null ? "" : `Caught up, ${status.caughtUp.toLocaleString()} new`;
    case "reconnecting":
      return seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting";
    case "offline":
      return "Offline";
    case "stopped":
      return status.failure.message;
    default:
      return "";
  }
}

function useSecondsUntil(moment: number | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (moment === null) return;
    const count = () => setSeconds(Math.max(0, Math.ceil((moment - Date.now()) / 1_000)));
    count();
    const timer = setInterval(count, 500);
    return () => clearInterval(timer);
  }, [moment]);
  return seconds;
}
