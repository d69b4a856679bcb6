import { Command } from "cmdk";
import { Box, Tag, Webhook } from "lucide-react";
import { useEffect, useState } from "react";
import { eventTypes } from "../dashboardApi/catalog.ts";
import { searchEntities, type FoundEntity } from "../dashboardApi/entities.ts";
import { api } from "../dashboardApi/webhooks.ts";
import { addressOf } from "../frame/place.ts";
import { useAsked } from "../shared/useAsked.ts";
import { useSettled } from "../shared/useSettled.ts";
import { PaletteItem } from "./PaletteItem.tsx";

interface FoundThingsProps {
  readonly search: string;
  readonly go: (address: string) => void;
}

const MOST = 6;

/** What only the server knows. Before anything is typed, the things that something happened to last. */
export function FoundThings({ search, go }: FoundThingsProps) {
  const { entities, isFor } = useFoundEntities(search);
  const { answer: types } = useAsked("types", eventTypes);
  const { answer: endpoints } = useAsked("endpoints", api.endpoints);
  return (
    <>
      {entities.length > 0 && (
        <Command.Group heading={search === "" ? "Lately" : "Entities"} forceMount={isFor === search}>
          {entities.map(({ entity: { type, id, label } }) => (
            <PaletteItem
              key={`${type}:${id}`}
              name={label ?? `${type}:${id}`}
              about={label === null ? null : `${type}:${id}`}
              value={`entity ${type}:${id}`}
              icon={Box}
              always={isFor === search}
              onSelect={() => go(addressOf(["entities", type, id]))}
            />
          ))}
        </Command.Group>
      )}
      {search !== "" && (
        <Command.Group heading="Types, live">
          {types?.map(({ type }) => (
            <PaletteItem
              key={type}
              name={type}
              value={`type ${type}`}
              icon={Tag}
              onSelect={() => go(addressOf(["live"], { type }))}
            />
          ))}
        </Command.Group>
      )}
      {search !== "" && (
        <Command.Group heading="Endpoints">
          {endpoints?.map(({ id, url, description }) => (
            <PaletteItem
              key={id}
              name={url}
              about={description}
              value={`endpoint ${id}`}
              icon={Webhook}
              onSelect={() => go(addressOf(["webhooks", id]))}
            />
          ))}
        </Command.Group>
      )}
    </>
  );
}

/**
 * Until the answer to what is typed now has come, the one before stays, and is compared with it like everything else: Enter
 * never opens what merely stood there.
 */
function useFoundEntities(search: string): {
  readonly entities: readonly FoundEntity[];
  readonly isFor: string;
} {
  const settled = useSettled(search);
  const { answer } = useAsked(`entities ${settled}`, () => searchEntities(settled, { limit: MOST }));
  const [found, setFound] = useState<{ readonly entities: readonly FoundEntity[]; readonly isFor: string }>({
    entities: [],
    isFor: "",
  });
  useEffect(() => {
    if (answer !== null) setFound({ entities: answer.items, isFor: settled });
  }, [answer, settled]);
  return found;
}
