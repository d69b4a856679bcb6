import type { ReactElement } from "react";
import { useTidings } from "../provider/useTidings.ts";
import type { RequestFailed } from "../client/requestFailed.ts";
import { classOf, useLook } from "./useLook.ts";

interface NoLinesProps {
  readonly feed: {
    readonly status: string;
    readonly failure: RequestFailed | null;
    readonly retry: () => void;
    readonly filterQuery: string;
  };
}

/** What stands where lines would: a placeholder, an error, or that there are none. */
export function NoLines({ feed }: NoLinesProps): ReactElement {
  const { words } = useTidings();
  const { slots, classNames } = useLook();
  const { status, failure, retry } = feed;
  const isFiltered = feed.filterQuery !== "";
  if (status === "failed" && failure !== null) {
    if (slots.error) return <slots.error failure={failure} retry={retry} />;
    return (
      <div className="tidings-failed" role="alert">
        <p>
          <b>{words.failed}</b>
        </p>
        <p>
          {failure.message} <code>{failure.code}</code>
        </p>
        <button type="button" className={classOf("button", classNames.button)} onClick={retry}>
          {words.retry}
        </button>
      </div>
    );
  }
  if (status !== "ready") return <Skeleton label={words.loading} />;
  if (slots.empty) return <slots.empty isFiltered={isFiltered} />;
  return <p className="tidings-empty">{isFiltered ? words.noMatch : words.empty}</p>;
}

/** Holds the place of the lines; the stylesheet shows it after 200 ms, because faster answers need none. */
function Skeleton({ label }: { readonly label: string }): ReactElement {
  return (
    <div className="tidings-skeleton" role="status" aria-label={label}>
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <div key={line} className="tidings-skeleton-line" />
      ))}
    </div>
  );
}
