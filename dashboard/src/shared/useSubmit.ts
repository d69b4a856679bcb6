import { useState } from "react";
import { asFailure, type RequestFailed } from "./ask.ts";

export interface Submit {
  readonly busy: boolean;
  readonly failure: RequestFailed | null;
  /** Does it once: a second press while it runs is nothing. */
  readonly submit: () => void;
}

export function useSubmit(work: () => Promise<void>): Submit {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<RequestFailed | null>(null);
  const run = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(asFailure(error));
    }
    setBusy(false);
  };
  return { busy, failure, submit: () => void (busy || run()) };
}
