import { Eye, Search, X } from "lucide-react";
import { useState } from "react";
import { searchEntities } from "../../dashboardApi/entities.ts";
import { addressWith, goTo } from "../../frame/place.ts";
import { icon } from "../../shared/icon.ts";
import { closePopover, Popover } from "../../shared/Popover.tsx";
import { useAsked } from "../../shared/useAsked.ts";
import { useSettled } from "../../shared/useSettled.ts";
import type { SeenAs } from "./viewAs.ts";

const POPOVER = "viewer";

/** As whom the feed is read. Without anybody it shows everything, also what is for a few. */
export function ViewerPicker({ seenAs }: { readonly seenAs: SeenAs | null }) {
  return (
    <span className={seenAs ? "filter-chip" : undefined}>
      <button type="button" className={seenAs ? undefined : "chip"} popoverTarget={POPOVER} data-filter>
        {!seenAs && <Eye {...icon} size={14} />}
        {seenAs ? (
          <>
            As <b>{seenAs.viewer}</b>
            {seenAs.audiences.length > 0 && ` +${seenAs.audiences.length}`}
          </>
        ) : (
          "Everything"
        )}
      </button>
      {seenAs && (
        <button
          type="button"
          className="filter-remove"
          aria-label="See everything again"
          onClick={() => goTo(addressWith({ as: null, audience: null }))}
        >
          <X {...icon} size={14} />
        </button>
      )}
      <Popover id={POPOVER} label="See the feed as">
        <Picker seenAs={seenAs} />
      </Popover>
    </span>
  );
}

function Picker({ seenAs }: { readonly seenAs: SeenAs | null }) {
  const [typed, setTyped] = useState("");
  const [audiences, setAudiences] = useState(seenAs?.audiences.join(", ") ?? "");
  const settled = useSettled(typed.trim());
  const found = useAsked(`viewers ${settled}`, () => searchEntities(settled)).answer?.items ?? [];
  const choose = (viewer: string) => {
    closePopover(POPOVER);
    goTo(addressWith({ as: viewer, audience: keysIn(audiences) }));
  };
  return (
    <div className="filter-editor">
      <label className="filter-search">
        <Search {...icon} />
        <span className="visually-hidden">Whose feed</span>
        <input
          value={typed}
          placeholder="A person, or type:id"
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key !== "Enter" || first === undefined) return;
            event.preventDefault();
            choose(`${first.entity.type}:${first.entity.id}`);
          }}
        />
      </label>
      <ul className="filter-choices filter-menu">
        {found.map(({ entity: { type, id, label } }) => (
          <li key={`${type}:${id}`}>
            <button type="button" onClick={() => choose(`${type}:${id}`)}>
              {label ?? `${type}:${id}`}
              {label !== null && <span className="quiet">{`${type}:${id}`}</span>}
            </button>
          </li>
        ))}
      </ul>
      <label className="field viewer-audiences">
        <span>Also counts as, separated by commas</span>
        <input
          value={audiences}
          placeholder="board:7, admins"
          onChange={(event) => setAudiences(event.target.value)}
          onBlur={() => seenAs && goTo(addressWith({ audience: keysIn(audiences) }), { replace: true })}
        />
      </label>
    </div>
  );
}

function keysIn(text: string): readonly string[] {
  return text
    .split(",")
    .map((key) => key.trim())
    .filter((key) => key !== "");
}
