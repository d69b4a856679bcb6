import { useEffect, useRef, type ReactNode } from "react";
import { usePlace } from "./place.ts";

interface PageFrameProps {
  /** The heading, and the window's title. */
  readonly title: string;
  /** Above the title: the way back, `<PlaceLink className="back" …>`. */
  readonly crumbs?: ReactNode | undefined;
  /** Beside the title: chips. Mark the first field of them `data-filter` for the key `/`. */
  readonly filters?: ReactNode | undefined;
  /** At the end of the title's line; at most one of them is the primary button. */
  readonly actions?: ReactNode | undefined;
  /** The content scrolls by itself and takes the height that is left: virtual lists. Default false: the page scrolls. */
  readonly fills?: boolean | undefined;
  readonly children: ReactNode;
}

/** What every page has. The heading takes the focus when the page is gone to, so that screen readers begin there. */
export function PageFrame({ title, crumbs, filters, actions, fills = false, children }: PageFrameProps) {
  const page = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const path = usePlace().path.join("/");
  useEffect(() => {
    document.title = `${title} · Tidings`;
  }, [title]);
  useEffect(() => {
    if (lastPath !== null && lastPath !== path) {
      page.current?.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    lastPath = path;
  }, [path]);
  return (
    <div ref={page} className={`page ${fills ? "page-fills" : ""}`}>
      <header className="page-top">
        {crumbs}
        <div className="page-bar">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {filters && <div className="page-filters">{filters}</div>}
          {actions && <div className="page-actions">{actions}</div>}
        </div>
      </header>
      <div className="page-body">{children}</div>
    </div>
  );
}

/** The first page is not gone to: there the focus stays where the browser puts it, before the skip link. */
let lastPath: string | null = null;
