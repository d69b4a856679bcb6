import { useRef, type ReactElement } from "react";
import { useTidings } from "../provider/useTidings.ts";
import { useOnScreen } from "../window/useOnScreen.ts";
import { classOf, useLook } from "./useLook.ts";

export interface EdgeLoaderProps {
  readonly label: string;
  /** A page is under way, at either edge: this one looks again when it is there. */
  readonly isBusy: boolean;
  /** The code of what went wrong; then only the reader tries again. */
  readonly failed: string | null;
  /** Where the next page begins. */
  readonly cursor: string;
  readonly load: () => void;
}

/** Loads the next page before the reader gets there, and is a button for those who do not scroll. */
export function EdgeLoader({ label, isBusy, failed, cursor, load }: EdgeLoaderProps): ReactElement {
  const { words } = useTidings();
  const { classNames } = useLook();
  const edge = useRef<HTMLDivElement>(null);
  useOnScreen(edge, 800, isBusy || failed !== null ? null : (isNear) => isNear && load(), cursor);
  return (
    <div ref={edge} className="tidings-edge">
      {failed !== null && (
        <span role="alert">
          {words.failed} ({failed}){" "}
        </span>
      )}
      <button
        type="button"
        className={classOf("button", classNames.button)}
        aria-disabled={isBusy}
        onClick={load}
      >
        {failed === null ? label : words.retry}
      </button>
    </div>
  );
}
