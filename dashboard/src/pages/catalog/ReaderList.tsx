import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { hostOf, pathOf } from "../../webhooks/endpointWords.ts";
import type { Readers } from "./useCatalog.ts";

/** Who is given each event of the type, with the way there. */
export function ReaderList({ readers: { subscriptions, endpoints } }: { readonly readers: Readers }) {
  const nobody = (subscriptions ?? []).length + (endpoints ?? []).length === 0;
  return (
    <>
      {nobody && (
        <p className="quiet">
          {subscriptions === null ? "No endpoint of the account." : "No subscription and no endpoint."} Feeds
          and timelines show it all the same.
        </p>
      )}
      <ul className="readers">
        {subscriptions?.map(({ name }) => (
          <li key={name}>
            <PlaceLink data-row to={addressOf(["subscriptions", name])}>
              {name}
            </PlaceLink>{" "}
            <span className="quiet">subscription</span>
          </li>
        ))}
        {endpoints?.map(({ id, url, filter }) => (
          <li key={id}>
            <PlaceLink data-row to={addressOf(["webhooks", id])}>
              {hostOf(url)}
              {pathOf(url)}
            </PlaceLink>{" "}
            <span className="quiet">endpoint{filter !== null && ", by its filter"}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
