import { Command } from "cmdk";
import { Box, Tag, Webhook } from "lucide-react";
import { useEffect } from "react";
import { eventTypes } from "../dashboardApi/catalog.ts";
import { searchEntities } from "../dashboardApi/entities.ts";
import { api } from "../dashboardApi/webhooks.ts";
import { addressOf } from "../frame/place.ts";
import { useAsked } from "../shared/useAsked.ts";
import { useSettled } from "../shared/useSettled.ts";
import { PaletteItem } from "./PaletteItem.tsx";

interface FoundThingsProps {
  readonly search: string;
  readonly go: (address: string) => void;
  /** Called when what is found has changed. */
  readonly onFound: () => void;
}

const MOST = 6;

/** What only the server knows. Before anything is typed, the things that something happened to last. */
export function FoundThings({ search, go, onFound }: FoundThingsProps) {
  const settled = useSettled(search);
  const { answer: entities } = useAsked(`entities ${settled}`, () =>
    searchEntities(settled, { limit: MOST }),
  );
  const { answer: types } = useAsked("types", eventTypes);
  const { answer: endpoints } = useAsked("endpoints", api.endpoints);
  useEffect(onFound, [onFound, entities, types, endpoints]);
  return (
    <>
      {entities !== null && entities.length > 0 && (
        <Command.Group heading={search === "" ? "Lately" : "Entities"} forceMount>
          {entities.map(({ entity: { type, id, label } }) => (
            <PaletteItem
              key={`${type}:${id}`}
              name={label ?? `${type}:${id}`}
              about={label === null ? null : `${type}:${id}`}
              value={`entity ${type}:${id}`}
              icon={Box}
              always
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
