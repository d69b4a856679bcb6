import { CircleAlert, CloudOff, LoaderCircle, Radio, TriangleAlert, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { CopyButton } from "../shared/CopyButton.tsx";
import { icon } from "../shared/icon.ts";
import type { Cause, Pulse } from "./pulse.ts";
import { usePulse } from "./usePulse.ts";

const icons: Readonly<Record<Pulse["tone"], LucideIcon>> = {
  quiet: LoaderCircle,
  good: Radio,
  warn: TriangleAlert,
  bad: CircleAlert,
};

/** The pulse of the system. Its colour always stands beside a word, and a press tells the cause. */
export function PulsePill() {
  const { pulse, lostAt } = usePulse();
  const lost = useSecondsSince(lostAt);
  const tone = lostAt !== null ? "warn" : (pulse?.tone ?? "quiet");
  const word = lostAt !== null ? "offline" : (pulse?.word ?? "connecting");
  const Icon = lostAt !== null ? CloudOff : icons[tone];
  const position = pulse?.position ?? null;
  return (
    <>
      <span role="status" className="visually-hidden">
        {lostAt !== null ? "The server does not answer" : tone === "good" ? "" : word}
      </span>
      <button type="button" className={`pulse pulse-${tone} figures`} popoverTarget="pulse">
        <Icon {...icon} size={14} />
        <span>{word}</span>
        {lostAt !== null && <span>{lost} s</span>}
        {lostAt === null && position !== null && (
          <span className="pulse-position">#{position.toLocaleString()}</span>
        )}
      </button>
      <div id="pulse" popover="auto" className="floating pulse-details" role="group" aria-label="Pulse">
        {lostAt !== null ? (
          <p>
            The server has not answered for {lost} s. What you see is what was last known; it is tried again.
          </p>
        ) : pulse === null || pulse.causes.length === 0 ? (
          <Well pulse={pulse} />
        ) : (
          pulse.causes.map((cause) => <CauseLine key={cause.what} cause={cause} />)
        )}
      </div>
    </>
  );
}

function Well({ pulse }: { readonly pulse: Pulse | null }) {
  if (pulse === null) return <p>The server is being asked.</p>;
  if (pulse.tone === "quiet") return <p>How the log is doing is for operators to know.</p>;
  return (
    <>
      <p>Events get their positions, and every subscription keeps up.</p>
      {pulse.position !== null && (
        <p className="quiet">
          The last position is {pulse.position.toLocaleString()}, counted over all accounts.
        </p>
      )}
    </>
  );
}

function CauseLine({ cause }: { readonly cause: Cause }) {
  return (
    <div className="pulse-cause">
      <p>{cause.what}</p>
      <p className="quiet">{cause.fix}</p>
      {cause.command && (
        <p className="command">
          <code>{cause.command}</code>
          <CopyButton text={cause.command} what="the command" />
        </p>
      )}
    </div>
  );
}

function useSecondsSince(since: number | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (since === null) return;
    const count = () => setSeconds(Math.floor((Date.now() - since) / 1_000));
    count();
    const timer = setInterval(count, 1_000);
    return () => clearInterval(timer);
  }, [since]);
  return seconds;
}
