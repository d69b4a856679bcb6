import { useRef, type ReactElement } from "react";
import type { RequestFailed } from "../client/requestFailed.ts";
import { useTidings } from "../provider/useTidings.ts";
import { useOnScreen } from "../window/useOnScreen.ts";
import { classOf, useLook } from "./useLook.ts";

export interface EdgeLoaderProps {
  readonly label: string;
  /** A page is under way, at either edge: this one looks again when it is there. */
  readonly isBusy: boolean;
  /** What went wrong; then only the reader tries again. */
  readonly failure: RequestFailed | null;
  /** Where the next page begins. */
  readonly cursor: string;
  readonly load: () => void;
}

/** Loads the next page before the reader gets there, and is a button for those who do not scroll. */
export function EdgeLoader({ label, isBusy, failure, cursor, load }: EdgeLoaderProps): ReactElement {
  const { words } = useTidings();
  const { classNames } = useLook();
  const edge = useRef<HTMLDivElement>(null);
  useOnScreen(edge, 800, isBusy || failure !== null ? null : (isNear) => isNear && load(), cursor);
  return (
    <div ref={edge} className="tidings-edge">
      {failure !== null && (
        <span role="alert">
          {words.failed} ({failure.code}){" "}
        </span>
      )}
      <button
        type="button"
        className={classOf("button", classNames.button)}
        aria-disabled={isBusy}
        onClick={load}
      >
        {failure === null ? label : words.retry}
      </button>
    </div>
  );
}
