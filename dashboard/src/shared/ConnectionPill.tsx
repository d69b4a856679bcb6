import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useConnection } from "./connection.ts";
import { icon } from "./icon.ts";

/** How long "connected again" stays to be read. */
const BACK_MS = 5_000;

/** Nothing while all is well. The seconds that it counts are not read out one by one. */
export function ConnectionPill() {
  const { lostAt } = useConnection();
  const [wasLost, setWasLost] = useState(false);
  useEffect(() => {
    if (lostAt !== null) return setWasLost(true);
    const timer = setTimeout(() => setWasLost(false), BACK_MS);
    return () => clearTimeout(timer);
  }, [lostAt]);
  const said = lostAt !== null ? "Offline" : wasLost ? "Connected again" : "";
  return (
    <>
      <span role="status" className="visually-hidden">
        {said}
      </span>
      {lostAt !== null && <Lost since={lostAt} />}
      {lostAt === null && wasLost && (
        <span className="pill" aria-hidden>
          Connected again
        </span>
      )}
    </>
  );
}

function Lost({ since }: { readonly since: number }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const count = () => setSeconds(Math.floor((Date.now() - since) / 1_000));
    count();
    const timer = setInterval(count, 1_000);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <span className="pill pill-warn figures" aria-hidden>
      <CloudOff {...icon} size={14} />
      Offline {seconds} s, trying again
    </span>
  );
}
