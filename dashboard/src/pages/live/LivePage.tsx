import { Pause, Play } from "lucide-react";
import { useMemo } from "react";
import { useCommand } from "../../frame/commands.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { usePlace } from "../../frame/place.ts";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { StreamPill } from "../../shared/StreamPill.tsx";
import { FilterBar } from "./FilterBar.tsx";
import "./live.css";
import { filterOf, isFiltered } from "./liveFilter.ts";
import { LiveList } from "./LiveList.tsx";
import { LogSkeleton, NothingYet } from "./NothingYet.tsx";
import { RateStrip } from "./RateStrip.tsx";
import { useLiveLog } from "./useLiveLog.ts";

/** The log as it is written: rows stream in, and stand still when asked to. */
export function LivePage() {
  const { query } = usePlace();
  const filter = useMemo(() => filterOf(query), [query]);
  const log = useLiveLog(filter);
  const { pause, resume, held } = log;
  const isPaused = held !== null;
  useCommand(
    useMemo(
      () => ({ name: isPaused ? "Resume the log" : "Pause the log", run: isPaused ? resume : pause }),
      [isPaused, pause, resume],
    ),
  );
  return (
    <PageFrame
      title="Live"
      fills
      filters={<FilterBar filter={filter} />}
      actions={
        <>
          <StreamPill status={log.status} />
          {isPaused && (
            <span className="quiet figures" role="status">
              {log.heldCount.toLocaleString()} while paused
            </span>
          )}
          <button
            type="button"
            className={`button ${isPaused ? "button-primary" : ""}`}
            onClick={isPaused ? resume : pause}
          >
            {isPaused ? <Play {...icon} /> : <Pause {...icon} />}
            {isPaused ? "Resume" : "Pause"}
          </button>
        </>
      }
    >
      <RateStrip rate={log.rate} />
      {log.failure !== null ? (
        <Failure what="The log could not be read" failure={log.failure} onRetry={log.retry} />
      ) : !log.ready ? (
        <LogSkeleton />
      ) : log.rows.length === 0 ? (
        <NothingYet isFiltered={isFiltered(filter)} />
      ) : (
        <LiveList rows={log.rows} hasOlder={log.hasOlder} open={query.get("event")} />
      )}
    </PageFrame>
  );
}
