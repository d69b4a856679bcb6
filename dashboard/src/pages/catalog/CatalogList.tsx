import { BookOpen, Search } from "lucide-react";
import { Sparkline } from "../../charts/Sparkline.tsx";
import type { CatalogType } from "../../dashboardApi/catalog.ts";
import type { EventStats } from "../../dashboardApi/eventStats.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressOf, addressWith, goTo, usePlace } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { CopyButton } from "../../shared/CopyButton.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { Lane } from "../../shared/Lane.tsx";
import { EventsChart } from "./EventsChart.tsx";
import { readerWords, versionWords } from "./typeWords.ts";
import { useCatalog, type Readers } from "./useCatalog.ts";

export function CatalogList() {
  const { types, failure, refresh, volume, readersOf } = useCatalog();
  const wanted = usePlace().query.get("q") ?? "";
  const shown = types?.filter((type) => fits(type, wanted)) ?? [];
  return (
    <PageFrame
      title="Catalog"
      filters={types !== null && types.length > 0 && <SearchField wanted={wanted} />}
    >
      {types === null && failure ? (
        <Failure what="The catalog could not be loaded" failure={failure} onRetry={refresh} />
      ) : types === null ? (
        <Skeleton />
      ) : types.length === 0 ? (
        <None />
      ) : (
        <div className="catalog">
          {wanted === "" && <EventsChart />}
          {shown.length === 0 ? (
            <p className="empty-line quiet">
              No type fits “{wanted}”.{" "}
              <PlaceLink to={addressWith({ q: null })} replaces>
                Show all
              </PlaceLink>
            </p>
          ) : (
            <>
              <div className="type-row type-heads" aria-hidden>
                <span>Type</span>
                <span>Lane</span>
                <span>Last 30 days</span>
                <span>Versions</span>
                <span>Read by</span>
              </div>
              <ul className="types-all">
                {shown.map((type) => (
                  <Row key={type.type} type={type} volume={volume} readers={readersOf(type)} />
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </PageFrame>
  );
}

function SearchField({ wanted }: { readonly wanted: string }) {
  return (
    <label className="catalog-search">
      <Search {...icon} />
      <input
        type="search"
        data-filter
        aria-label="Search the types"
        placeholder="Search the types"
        value={wanted}
        onChange={(event) => goTo(addressWith({ q: event.target.value || null }), { replace: true })}
      />
    </label>
  );
}

function fits({ type, description, sentence, aliases }: CatalogType, wanted: string): boolean {
  const text = [type, description ?? "", sentence ?? "", ...aliases].join(" ").toLowerCase();
  return text.includes(wanted.trim().toLowerCase());
}

interface RowProps {
  readonly type: CatalogType;
  readonly volume: EventStats | null;
  readonly readers: Readers;
}

function Row({ type, volume, readers }: RowProps) {
  return (
    <li className="type-row">
      <span className="type-name">
        <PlaceLink className="row-link" data-row to={addressOf(["catalog", type.type])}>
          <b>{type.type}</b>
        </PlaceLink>
        <span className="quiet">{type.sentence ?? type.description ?? "No sentence"}</span>
      </span>
      <Lane lane={type.lane} />
      <Volume type={type.type} volume={volume} />
      <span className="quiet figures">{versionWords(type)}</span>
      <span className="quiet">{readerWords(readers)}</span>
    </li>
  );
}

function Volume({ type, volume }: { readonly type: string; readonly volume: EventStats | null }) {
  if (volume === null) return <span className="type-volume" />;
  const values = volume.buckets.map(({ counts }) => counts[type] ?? 0);
  const sum = values.reduce((all, each) => all + each, 0);
  // Where the account is too busy for the whole time, the figure is the least that it can be.
  const words = `${sum.toLocaleString()}${volume.complete ? "" : "+"}`;
  return (
    <span className="type-volume figures">
      <Sparkline values={values} label={`${words} events in the last 30 days`} />
      <span className={sum === 0 ? "quiet" : ""} aria-hidden>
        {sum === 0 ? "None" : words}
      </span>
    </span>
  );
}

const EXAMPLE = `export const cardMoved = defineEvent("card.moved", {
  subject: card,
  refs: { from: column, to: column },
  sentence: (e) => sentence\`\${e.actor} moved \${e.subject} to \${e.refs.to}\`,
});`;

function None() {
  return (
    <div className="empty">
      <BookOpen {...icon} size={24} />
      <h2>No event types yet</h2>
      <p>Each type that the app defines appears here, with its schema, an example and who reads it.</p>
      <div className="snippet">
        <pre>{EXAMPLE}</pre>
        <CopyButton text={EXAMPLE} what="the example" />
      </div>
    </div>
  );
}

function Skeleton() {
  return (
    <ul className="types-all skeleton" aria-label="Loading the catalog">
      {[120, 96, 140, 110, 128].map((width) => (
        <li key={width} className="type-row">
          <span className="skeleton-line" style={{ width: `${width}px` }} />
        </li>
      ))}
    </ul>
  );
}
