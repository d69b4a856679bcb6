import { CloudOff, Radio } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { LiveStatus } from "./liveStream.ts";

/** The state of the connection, always in words; the seconds that it counts are not read out one by one. */
export function LivePill({ status }: { readonly status: LiveStatus }) {
  return (
    <>
      <span role="status" className="visually-hidden">
        {status.state === "reconnecting" ? "The live connection is lost" : ""}
        {status.state === "live" && status.caughtUp !== null ? `Connected again, ${status.caughtUp} new` : ""}
      </span>
      <VisiblePill status={status} />
    </>
  );
}

function VisiblePill({ status }: { readonly status: LiveStatus }) {
  switch (status.state) {
    case "connecting":
      return <Pill tone="quiet">Connecting</Pill>;
    case "live":
      return (
        <Pill tone="good">{status.caughtUp === null ? "Live" : `Caught up, ${status.caughtUp} new`}</Pill>
      );
    case "reconnecting":
      return <Reconnecting since={status.since} />;
  }
}

function Reconnecting({ since }: { readonly since: number }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const count = () => setSeconds(Math.floor((Date.now() - since) / 1_000));
    count();
    const timer = setInterval(count, 1_000);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <Pill tone="warn">
      {navigator.onLine ? "Reconnecting" : "Offline"}, <span className="figures">{seconds} s</span>
    </Pill>
  );
}

interface PillProps {
  readonly tone: "quiet" | "good" | "warn";
  readonly children: ReactNode;
}

function Pill({ tone, children }: PillProps) {
  const Icon = tone === "warn" ? CloudOff : Radio;
  return (
    <span className={`pill pill-${tone}`}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <span>{children}</span>
    </span>
  );
}
