import { useEffect, useRef, useState } from "react";

const FIRST_AFTER_MS = 300;
const NEXT_AFTER_MS = 5_000;

/** What a status region says of a growing number: bursts become one message, and there is one in five seconds at most. */
export function useAnnouncement(total: number, say: (count: number) => string): string {
  const [message, setMessage] = useState("");
  const told = useRef(total);
  const lastAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ total, say });
  latest.current = { total, say };

  useEffect(() => {
    // Fewer: the feed began anew.
    if (total < told.current) told.current = total;
    if (total === told.current) return;
    timer.current ??= setTimeout(
      () => {
        timer.current = undefined;
        const count = latest.current.total - told.current;
        if (count <= 0) return;
        told.current = latest.current.total;
        lastAt.current = Date.now();
        const text = latest.current.say(count);
        // The same words again would not be read out.
        setMessage((before) => (before === text ? `${text}\u00a0` : text));
      },
      Math.max(FIRST_AFTER_MS, lastAt.current + NEXT_AFTER_MS - Date.now()),
    );
  }, [total]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return message;
}
