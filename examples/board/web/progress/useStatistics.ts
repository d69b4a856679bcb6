import { useCallback, useEffect, useRef, useState } from "react";
import { useLive } from "tidings/react";
import type { Statistics } from "../../domain/readStatistics.ts";
import { request } from "../shared/request.ts";

/** The figures, read again after every event: as of that event, because the server waits until the projections hold it. */
export function useStatistics(personId: string): Statistics | null {
  const [statistics, setStatistics] = useState<Statistics | null>(null);
  const wanted = useRef(0);
  const reading = useRef(false);

  const read = useCallback(
    async (position: number) => {
      wanted.current = Math.max(wanted.current, position);
      // Ten events in a row need one more read, not ten.
      if (reading.current) return;
      reading.current = true;
      try {
        let got: number;
        do {
          got = wanted.current;
          setStatistics(await request<Statistics>(`${STATISTICS}?position=${got}`, personId));
        } while (wanted.current > got);
      } catch {
        // They stay as they were. The board itself says when the server is away, and the next event reads them again.
      } finally {
        reading.current = false;
      }
    },
    [personId],
  );

  const { status } = useLive({ onItem: ({ position }) => void read(position) });
  const isLive = status.state === "live";
  useEffect(() => void read(0), [isLive, read]);
  return statistics;
}

const STATISTICS = "/api/boards/launch/statistics";
