import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { addressOf, addressWith, goTo } from "../frame/place.ts";
import { pages } from "../pages/pages.ts";
import { Dialog } from "../shared/Dialog.tsx";
import { icon } from "../shared/icon.ts";
import { FoundThings } from "./FoundThings.tsx";
import { PaletteItem } from "./PaletteItem.tsx";
import "./palette.css";
import { useActions } from "./useActions.ts";

interface PaletteProps {
  readonly onClose: () => void;
  readonly onShowKeys: () => void;
}

const EVENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Everything that can be gone to or done, by name. */
export function Palette({ onClose, onShowKeys }: PaletteProps) {
  const [typed, setTyped] = useState("");
  const [selected, setSelected] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  // After the dialog has opened, which gives the focus to what comes first in it.
  useEffect(() => input.current?.focus(), []);
  const actions = useActions(onShowKeys);
  const search = typed.trim();
  // Lines come and go as answers come, and the chosen one with them: Enter is meant for the first line all the same.
  useEffect(() => {
    const element = list.current!;
    const chooseFirst = () => {
      if (element.querySelector('[cmdk-item][data-selected="true"]')) return;
      setSelected(element.querySelector("[cmdk-item]")?.getAttribute("data-value") ?? "");
    };
    const observer = new MutationObserver(chooseFirst);
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  const go = (address: string) => {
    onClose();
    goTo(address);
  };
  return (
    <Dialog className="palette" label="Search" onClose={onClose}>
      <Command
        label="Search pages, entities, types and actions"
        filter={match}
        value={selected}
        onValueChange={setSelected}
        loop
      >
        <div className="palette-search">
          <Search {...icon} />
          <Command.Input
            ref={input}
            value={typed}
            onValueChange={setTyped}
            placeholder="A page, a name, a type, an id …"
          />
        </div>
        <Command.List ref={list} className="palette-list" label="Found">
          <Command.Empty className="palette-empty">Nothing by this name.</Command.Empty>
          {EVENT_ID.test(search) && (
            <PaletteItem
              name={`Open event ${search.slice(0, 8)}…`}
              about="by its id"
              value={search}
              always
              onSelect={() => go(addressWith({ event: search.toLowerCase(), tab: null }))}
            />
          )}
          <Command.Group heading="Pages">
            {pages.map(({ name, path, about, icon: Icon }) => (
              <PaletteItem
                key={path}
                name={name}
                about={about}
                icon={Icon}
                onSelect={() => go(addressOf([path]))}
              />
            ))}
          </Command.Group>
          <FoundThings search={search} go={go} />
          <Command.Group heading="Actions">
            {actions.map(({ name, keys, run }) => (
              <PaletteItem
                key={name}
                name={name}
                about={keys}
                onSelect={() => {
                  onClose();
                  run();
                }}
              />
            ))}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}

/** Every word must be there as it was typed: letters picked from here and there find everything. */
function match(_value: string, search: string, keywords: readonly string[] = []): number {
  const [name = ""] = keywords;
  const text = keywords.join(" ").toLowerCase();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.every((word) => text.includes(word))) return 0;
  return name.toLowerCase().startsWith(words[0] ?? "") ? 1 : 0.5;
}
