import { Ellipsis } from "lucide-react";
import { useRef } from "react";
import { pages, type PageEntry } from "../pages/pages.ts";
import { icon } from "../shared/icon.ts";
import { addressOf } from "./place.ts";
import { PlaceLink } from "./PlaceLink.tsx";

/** As many as a thumb can tell apart; the others are behind "More". */
const ON_PHONE = 4;

/** The pages: at the left on a desk, at the bottom on a phone. */
export function Rail({ current }: { readonly current: string }) {
  const menu = useRef<HTMLDivElement>(null);
  const rest = pages.slice(ON_PHONE);
  return (
    <nav className="rail" aria-label="Pages">
      <PlaceLink to={addressOf(["live"])} className="brand">
        <Mark />
        <span>Tidings</span>
      </PlaceLink>
      <ul>
        {pages.map((page, index) => (
          <li key={page.path} className={index < ON_PHONE ? "" : "rail-rest"}>
            <RailLink page={page} current={current} />
          </li>
        ))}
        <li className="rail-more">
          <button
            type="button"
            className="rail-link"
            popoverTarget="more-pages"
            data-current={rest.some(({ path }) => path === current) || undefined}
          >
            <Ellipsis {...icon} />
            <span>More</span>
          </button>
          <div ref={menu} id="more-pages" popover="auto" className="floating more-pages">
            {rest.map((page) => (
              <RailLink
                key={page.path}
                page={page}
                current={current}
                onFollow={() => menu.current?.hidePopover()}
              />
            ))}
          </div>
        </li>
      </ul>
    </nav>
  );
}

interface RailLinkProps {
  readonly page: PageEntry;
  readonly current: string;
  readonly onFollow?: (() => void) | undefined;
}

function RailLink({ page: { name, path, icon: Icon }, current, onFollow }: RailLinkProps) {
  return (
    <PlaceLink
      to={addressOf([path])}
      className="rail-link"
      title={name}
      aria-current={path === current ? "page" : undefined}
      onClick={onFollow}
    >
      <Icon {...icon} />
      <span>{name}</span>
    </PlaceLink>
  );
}

/** Three lines of a log. */
function Mark() {
  return (
    <svg className="mark" width="24" height="24" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" />
      <path d="M9 10h14M9 16h10M9 22h6" />
    </svg>
  );
}
