import { useCallback, useEffect, useRef, useState } from "react";
import { asFailure, NO_ANSWER, type RequestFailed } from "./ask.ts";
import { noteAnswer, noteNoAnswer } from "./connection.ts";

export interface Asked<Answer> {
  /** The latest answer. It stays while it is asked again, and when that fails. */
  readonly answer: Answer | null;
  /** Why there is none, or why it is not the present one. */
  readonly failure: RequestFailed | null;
  /** Asks again now. */
  readonly refresh: () => void;
}

/** What failed is asked again sooner: a server that was restarted, or a token that was renewed, shows at once. */
const AFTER_FAILURE_MS = 3_000;

/**
 * Asks when `key` changes, and then every `everyMs` while the page is looked at. An answer to an earlier key is dropped. A null
 * key asks nothing.
 */
export function useAsked<Answer>(
  key: string | null,
  load: () => Promise<Answer>,
  everyMs?: number | undefined,
): Asked<Answer> {
  const [state, setState] = useState<State<Answer>>({ key, answer: null, failure: null });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });

  useEffect(() => {
    if (key === null) return;
    let dropped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (failed: boolean) => {
      if (everyMs === undefined || dropped) return;
      const waitMs = failed ? Math.min(everyMs, AFTER_FAILURE_MS) : everyMs;
      timer = setTimeout(() => (document.hidden ? again(failed) : void askNow()), waitMs);
    };
    const askNow = async () => {
      try {
        const answer = await latest.current();
        noteAnswer();
        if (!dropped) setState({ key, answer, failure: null });
        again(false);
      } catch (error) {
        const failure = asFailure(error);
        if (failure.code === NO_ANSWER) noteNoAnswer();
        else noteAnswer();
        if (!dropped)
          setState((earlier) => ({ key, answer: earlier.key === key ? earlier.answer : null, failure }));
        again(true);
      }
    };
    void askNow();
    return () => {
      dropped = true;
      clearTimeout(timer);
    };
  }, [key, everyMs, round]);

  const refresh = useCallback(() => setRound((count) => count + 1), []);
  return state.key === key ? { ...state, refresh } : { answer: null, failure: null, refresh };
}

interface State<Answer> {
  readonly key: string | null;
  readonly answer: Answer | null;
  readonly failure: RequestFailed | null;
}
