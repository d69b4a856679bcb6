import type { EndpointJob } from "./api.ts";
import { asFailure } from "../shared/ask.ts";
import { describeDuration } from "../shared/duration.ts";
import { useAsked } from "../shared/useAsked.ts";
import { useNow } from "../time/useNow.ts";
import { deliveriesWords } from "./RecoverDialog.tsx";
import { useWebhooks } from "./host.ts";

const REFRESH_MS = 3_000;

/** What sends many at once goes on by itself: the page can be left and come back to. */
export function JobProgress({ endpointId }: { readonly endpointId: string }) {
  const { api, mayManage, say } = useWebhooks();
  const { answer, refresh } = useAsked(`jobs of ${endpointId}`, () => api.jobs(endpointId), REFRESH_MS);
  const now = useNow();
  const job = answer?.find(({ state }) => state === "running");
  if (!job) return null;
  const left = timeLeft(job, now);
  const cancel = async () => {
    try {
      await api.cancelJob(job.id);
      refresh();
      say("Stopped. What was already sent stays sent.");
    } catch (error) {
      say(asFailure(error).message);
    }
  };
  return (
    <div className="advice tone-quiet">
      <div className="job figures">
        <p>
          <b>{job.kind === "recover" ? "Recovering" : "Sending history"}</b>: {deliveriesWords(job.done)} so
          far, at most {job.perSecond.toLocaleString()} a second
          {left !== null && `, about ${describeDuration(left)} left`}
        </p>
        <progress
          aria-label={job.kind === "recover" ? "Recovering" : "Sending history"}
          max={1}
          value={job.progress}
        />
      </div>
      {mayManage && (
        <button type="button" className="button" onClick={() => void cancel()}>
          Stop
        </button>
      )}
    </div>
  );
}

/** As if it went on at the pace of until now. Null while there is too little to tell. */
function timeLeft({ createdAt, progress }: EndpointJob, now: number): number | null {
  if (progress < 0.02) return null;
  return Math.max(1_000, ((now - Date.parse(createdAt)) / progress) * (1 - progress));
}
