import type { Attempt, DeliveryDetails } from "./api.ts";
import { describeDuration } from "../shared/duration.ts";
import { exactTime } from "../time/relativeTime.ts";
import { useNow } from "../time/useNow.ts";
import { failureWords } from "./failureWords.ts";

interface AttemptTimelineProps {
  readonly delivery: DeliveryDetails;
  readonly chosen: number | null;
  readonly onChoose: (number: number) => void;
}

/** Every try with what came of it, the waits between them, and when the next one is due. */
export function AttemptTimeline({ delivery, chosen, onChoose }: AttemptTimelineProps) {
  const { history, nextTryAt, state } = delivery;
  return (
    <ol className="tries" aria-label="Tries">
      {history.map((attempt, index) => (
        <li key={attempt.number} className={`try tone-${attempt.failure === null ? "good" : "bad"}`}>
          {index > 0 && <Wait from={history[index - 1]!} to={attempt} />}
          <button
            type="button"
            className="try-button"
            aria-pressed={attempt.number === chosen}
            onClick={() => onChoose(attempt.number)}
          >
            <span className="try-dot" aria-hidden />
            <span className="try-what">
              <b>Try {attempt.number}</b> {outcome(attempt)}
            </span>
            <span className="quiet figures">{describeDuration(attempt.durationMs)}</span>
            <time
              className="quiet figures try-time"
              dateTime={attempt.startedAt}
              title={exactTime(new Date(attempt.startedAt))}
            >
              {clock(attempt.startedAt)}
            </time>
          </button>
        </li>
      ))}
      {history.length === 0 && <li className="try-next quiet">{noTry(state)}</li>}
      {nextTryAt !== null && history.length > 0 && (
        <li className="try-next quiet">
          <NextTry at={nextTryAt} number={history.at(-1)!.number + 1} />
        </li>
      )}
    </ol>
  );
}

function Wait({ from, to }: { readonly from: Attempt; readonly to: Attempt }) {
  const waited = Date.parse(to.startedAt) - Date.parse(from.startedAt) - from.durationMs;
  return <p className="try-wait quiet figures">waited {describeDuration(Math.max(0, waited))}</p>;
}

function NextTry({ at, number }: { readonly at: string; readonly number: number }) {
  const now = useNow();
  const left = Date.parse(at) - now;
  return (
    <span className="figures" title={exactTime(new Date(at))}>
      {left > 0 ? `Try ${number} in ${describeDuration(Math.max(1_000, left))}` : `Try ${number} is due`}
    </span>
  );
}

function outcome({ failure, status }: Attempt): string {
  return failure === null ? `answered ${status ?? ""}` : lowerFirst(failureWords(failure, status).what);
}

function noTry(state: DeliveryDetails["state"]): string {
  if (state === "held") return "Held: it was not tried yet.";
  return state === "expired" ? "It was never tried." : "It is about to be tried.";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function clock(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}
