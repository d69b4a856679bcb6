import { CloudOff, Radio } from "lucide-react";
import { useEffect, useState } from "react";
import type { LiveStatus } from "./liveStream.ts";

/** The state of the connection, always in words. */
export function LivePill({ status }: { readonly status: LiveStatus }) {
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

function Pill({
  tone,
  children,
}: {
  readonly tone: "quiet" | "good" | "warn";
  readonly children: React.ReactNode;
}) {
  const Icon = tone === "warn" ? CloudOff : Radio;
  return (
    <span className={`pill pill-${tone}`}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <span>{children}</span>
    </span>
  );
}
