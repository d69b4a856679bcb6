import { useCallback, useEffect, useState } from "react";
import { useTidings } from "../provider/useTidings.ts";
import { RequestFailed } from "./requestFailed.ts";

export interface Answer<Value> {
  /** What came last. It stays while the next is on its way. Null before the first. */
  readonly value: Value | null;
  readonly failure: RequestFailed | null;
  readonly isLoading: boolean;
  /** Asks again. */
  readonly reload: () => void;
}

/** What the server answers to a question; asked again when it changes. A null path asks nothing. */
export function useAnswer<Value>(path: string | null, query = ""): Answer<Value> {
  const { client } = useTidings();
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<Omit<Answer<Value>, "reload">>({
    value: null,
    failure: null,
    isLoading: true,
  });
  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    setAnswer((before) => ({ ...before, isLoading: true }));
    client.get<Value>(path, query, stop.signal).then(
      (value) => stop.signal.aborted || setAnswer({ value, failure: null, isLoading: false }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof RequestFailed)) throw error;
        setAnswer((before) => ({ ...before, failure: error, isLoading: false }));
      },
    );
    return () => stop.abort();
  }, [client, path, query, attempt]);
  return { ...answer, reload: useCallback(() => setAttempt((tries) => tries + 1), []) };
}
