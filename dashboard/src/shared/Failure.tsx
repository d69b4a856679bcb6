import { CircleAlert } from "lucide-react";
import type { RequestFailed } from "./ask.ts";

interface FailureProps {
  readonly what: string;
  readonly failure: RequestFailed;
  readonly onRetry: () => void;
}

/** What happened, the code, and the way on. */
export function Failure({ what, failure, onRetry }: FailureProps) {
  return (
    <div className="failure" role="alert">
      <p className="failure-what">
        <CircleAlert size={16} strokeWidth={1.75} aria-hidden />
        {what}
      </p>
      <p>{failure.message}</p>
      <p>
        <code>{failure.code}</code>
      </p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
