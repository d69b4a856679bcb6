import { Boxes, Search } from "lucide-react";
import { useEffect, useState } from "react";
import { eventTypes } from "../../dashboardApi/catalog.ts";
import { searchEntities, type FoundEntity } from "../../dashboardApi/entities.ts";
import { PageFrame } from "../../frame/PageFrame.tsx";
import { addressOf, addressWith, goTo, usePlace } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { Failure } from "../../shared/Failure.tsx";
import { icon } from "../../shared/icon.ts";
import { useAsked } from "../../shared/useAsked.ts";
import { useSettled } from "../../shared/useSettled.ts";
import { RelativeTime } from "../../time/RelativeTime.tsx";

const MOST = 50;
/** What is shown without a word are the latest, so they are asked for again. */
const REFRESH_MS = 10_000;

export function EntitySearch() {
  const { query } = usePlace();
  const q = query.get("q") ?? "";
  const kind = query.get("kind");
  const settled = useSettled(q.trim());
  const { answer, failure, refresh } = useAsked(
    `entities ${settled} ${kind}`,
    () => searchEntities(settled, { limit: MOST, kind }),
    REFRESH_MS,
  );
  return (
    <PageFrame title="Entities">
      <SearchField q={q} />
      <Kinds chosen={kind} />
      {failure !== null && answer === null ? (
        <Failure what="The search failed" failure={failure} onRetry={refresh} />
      ) : answer === null ? (
        <Skeleton />
      ) : answer.items.length === 0 ? (
        <Nothing q={q} isFiltered={q !== "" || kind !== null} complete={answer.complete} />
      ) : (
        <>
          <ul className="entity-rows" aria-label={q === "" ? "The latest" : "Found"}>
            {answer.items.map((found) => (
              <EntityRow key={`${found.entity.type}:${found.entity.id}`} found={found} />
            ))}
          </ul>
          {!answer.complete && <p className="quiet entity-end">{NEWEST_ONLY}</p>}
        </>
      )}
    </PageFrame>
  );
}

function SearchField({ q }: { readonly q: string }) {
  const [typed, setTyped] = useState(q);
  // Going back brings an earlier search.
  useEffect(() => setTyped(q), [q]);
  const search = (text: string) => {
    setTyped(text);
    goTo(addressWith({ q: text === "" ? null : text }), { replace: true });
  };
  return (
    <label className="entity-search">
      <Search {...icon} />
      <span className="visually-hidden">Search entities</span>
      <input
        type="search"
        value={typed}
        placeholder="A name, the beginning of an id, or type:id"
        onChange={(event) => search(event.target.value)}
        data-filter
      />
    </label>
  );
}

function Kinds({ chosen }: { readonly chosen: string | null }) {
  const types = useAsked("types", eventTypes).answer ?? [];
  const kinds = new Set(
    types.flatMap(({ subject, roles }) => [...subject.kinds, ...roles.flatMap((role) => role.kinds)]),
  );
  if (chosen !== null) kinds.add(chosen);
  if (kinds.size < 2) return null;
  return (
    <div className="entity-kinds" role="group" aria-label="Kind">
      {[...kinds].toSorted().map((kind) => (
        <button
          key={kind}
          type="button"
          className="chip"
          aria-pressed={kind === chosen}
          onClick={() => goTo(addressWith({ kind: kind === chosen ? null : kind }))}
        >
          {kind}
        </button>
      ))}
    </div>
  );
}

function EntityRow({ found: { entity, lastAt } }: { readonly found: FoundEntity }) {
  const { type, id, label, deleted } = entity;
  return (
    <li>
      <PlaceLink to={addressOf(["entities", type, id])} className="row-link entity-name" data-row>
        {label ?? `${type}:${id}`}
      </PlaceLink>
      {deleted && <span className="tag">deleted</span>}
      <code className="quiet">{`${type}:${id}`}</code>
      <span className="quiet figures">
        <RelativeTime at={lastAt} withDay />
      </span>
    </li>
  );
}

const NEWEST_ONLY =
  "Only the newest events were searched. What is older is found by its type and id: card:14.";

interface NothingProps {
  readonly q: string;
  readonly isFiltered: boolean;
  readonly complete: boolean;
}

function Nothing({ q, isFiltered, complete }: NothingProps) {
  return (
    <div className="empty">
      <Boxes size={24} strokeWidth={1.75} aria-hidden />
      <h2>
        {isFiltered ? `Nothing found${q === "" ? "" : ` for “${q}”`}` : "Nothing has been recorded yet"}
      </h2>
      <p>
        {!complete
          ? NEWEST_ONLY
          : isFiltered
            ? "No event is about anything of that name, or that begins with that id."
            : "Everything that an event is about shows up here: its subject, its actor, and what fills its other roles."}
      </p>
    </div>
  );
}

function Skeleton() {
  return (
    <div className="skeleton entity-skeleton" role="status" aria-label="Searching">
      {Array.from({ length: 8 }, (_, index) => (
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  );
}
