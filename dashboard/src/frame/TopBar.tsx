import { Search } from "lucide-react";
import { icon } from "../shared/icon.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import { PulsePill } from "./PulsePill.tsx";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const paletteKeys = isMac ? "⌘K" : "Ctrl K";

export function TopBar({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <header className="top">
      <AccountMenu />
      <button type="button" className="search-button" onClick={onSearch}>
        <Search {...icon} />
        <span>
          Search <span className="search-what">events, entities, pages</span>
        </span>
        <kbd>{paletteKeys}</kbd>
      </button>
      <PulsePill />
    </header>
  );
}
