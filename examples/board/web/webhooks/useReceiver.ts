import { useCallback, useEffect, useState } from "react";
import { asFailure, type RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import { request } from "../shared/request.ts";

export interface ReceiverState {
  readonly url: string;
  readonly fails: boolean;
}

export interface BundledReceiver {
  readonly state: ReceiverState | null;
  readonly failure: RequestFailed | null;
  /** Answers 503 from now on, or 200 again. */
  readonly setFails: (on: boolean) => Promise<boolean>;
  /** Believes what is signed with this secret. */
  readonly learn: (secret: string) => Promise<boolean>;
}

const PATH = "/api/webhooks/receiver";

export function useReceiver(personId: string): BundledReceiver {
  const [state, setState] = useState<ReceiverState | null>(null);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const ask = useCallback(
    async (path: string, body?: object) => {
      try {
        setState(await request<ReceiverState>(path, personId, body));
        setFailure(null);
        return true;
      } catch (error) {
        setFailure(asFailure(error));
        return false;
      }
    },
    [personId],
  );
  useEffect(() => void ask(PATH), [ask]);
  return {
    state,
    failure,
    setFails: (on) => {
      // At once: a box that does not move when it is clicked is clicked again.
      setState((now) => now && { ...now, fails: on });
      return ask(`${PATH}/fail`, { on });
    },
    learn: (secret) => ask(`${PATH}/secrets`, { secret }),
  };
}
