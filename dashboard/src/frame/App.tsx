import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { readIdentity } from "../dashboardApi/identity.ts";
import { pages } from "../pages/pages.ts";
import { Failure } from "../shared/Failure.tsx";
import { ShortcutList } from "../shared/ShortcutList.tsx";
import { Toast, type Said } from "../shared/Toast.tsx";
import { useAsked } from "../shared/useAsked.ts";
import { useRowKeys } from "../shared/useRowKeys.ts";
import { FrameContext, type Frame } from "./frameContext.ts";
import { OperatorsOnly } from "./OperatorsOnly.tsx";
import { PageBoundary } from "./PageBoundary.tsx";
import { addressOf, addressWith, currentPlace, goTo, usePlace } from "./place.ts";
import { PlaceLink } from "./PlaceLink.tsx";
import { Rail } from "./Rail.tsx";
import { paletteKeys, TopBar } from "./TopBar.tsx";
import { usePaletteKey } from "./usePaletteKey.ts";

/** A session that has ended shows by itself; a server that was away is asked sooner. */
const EVERY_MS = 60_000;

/** Loaded when they are first wanted. */
const Palette = lazy(async () => ({ default: (await import("../palette/Palette.tsx")).Palette }));
const Inspector = lazy(async () => ({ default: (await import("../inspector/Inspector.tsx")).Inspector }));
const shown = pages.map((page) => ({
  ...page,
  Page: lazy(async () => ({ default: await page.load() })),
}));

export function App() {
  const { answer: identity, failure, refresh } = useAsked("identity", readIdentity, EVERY_MS);
  const [said, setSaid] = useState<Said | null>(null);
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  const { path, query } = usePlace();
  const current = path[0] ?? pages[0]!.path;
  const frame = useMemo<Frame | null>(
    () => identity && { identity, say: (text, undo) => setSaid({ text, undo }) },
    [identity],
  );
  const showPalette = useCallback(() => setOpen("palette"), []);
  const showKeys = useCallback(() => setOpen("keys"), []);
  const close = useCallback(() => setOpen(null), []);
  usePaletteKey(showPalette);
  useRowKeys(showKeys, closeInspector);
  if (failure !== null && (identity === null || failure.code === "UNAUTHORIZED")) {
    return (
      <main className="not-opened">
        <Failure what="The dashboard could not be opened" failure={failure} onRetry={refresh} />
      </main>
    );
  }
  if (!frame) return null;
  const event = query.get("event");
  return (
    <FrameContext value={frame}>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <div className="frame">
        <Rail current={current} />
        <TopBar onSearch={showPalette} />
        <div className="frame-rest">
          <main id="main" tabIndex={-1}>
            <PageBoundary key={current}>
              <Suspense fallback={<PageSkeleton />}>
                <Page current={current} />
              </Suspense>
            </PageBoundary>
          </main>
          {event !== null && (
            <PageBoundary>
              <Suspense fallback={null}>
                <Inspector id={event} onClose={closeInspector} />
              </Suspense>
            </PageBoundary>
          )}
        </div>
      </div>
      <div className="floats">
        <Toast said={said} onDone={() => setSaid(null)} />
      </div>
      {open === "palette" && (
        <Suspense fallback={null}>
          <Palette onClose={close} onShowKeys={showKeys} />
        </Suspense>
      )}
      {open === "keys" && (
        <ShortcutList more={[[paletteKeys, "Search pages, entities, types and actions"]]} onClose={close} />
      )}
    </FrameContext>
  );
}

function Page({ current }: { readonly current: string }) {
  const page = shown.find(({ path }) => path === current);
  if (page === undefined) return <NoSuchPage />;
  if (!page.operatorsOnly) return <page.Page />;
  return (
    <OperatorsOnly what={`${page.name} is`}>
      <page.Page />
    </OperatorsOnly>
  );
}

function NoSuchPage() {
  return (
    <div className="empty">
      <h1>No such page</h1>
      <p>The address leads nowhere in this dashboard.</p>
      <PlaceLink to={addressOf(["live"])} className="button">
        Go to Live
      </PlaceLink>
    </div>
  );
}

function PageSkeleton() {
  return (
    <div className="page skeleton" aria-label="Loading the page">
      <span className="skeleton-line" />
      <span className="skeleton-line" />
    </div>
  );
}

/** Whoever was in it goes back to the row that opened it. */
function closeInspector(): void {
  const event = currentPlace().query.get("event");
  if (event === null) return;
  const wasInside = document.activeElement?.closest(".inspector") !== null;
  goTo(addressWith({ event: null, tab: null }));
  if (wasInside)
    document.querySelector<HTMLElement>(`[data-row][href*="event=${CSS.escape(event)}"]`)?.focus();
}
