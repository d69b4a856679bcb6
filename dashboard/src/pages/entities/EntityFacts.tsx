import type { EntityOverview } from "../../dashboardApi/entities.ts";
import { addressOf } from "../../frame/place.ts";
import { PlaceLink } from "../../frame/PlaceLink.tsx";
import { exactTime } from "../../time/relativeTime.ts";
import { RelativeTime } from "../../time/RelativeTime.tsx";
import { Fact } from "../../shared/Fact.tsx";

/** More names than this nobody reads; the others are counted. */
const NAMED = 8;

export function EntityFacts({ overview }: { readonly overview: EntityOverview }) {
  const { firstAt, lastAt, events, complete, people } = overview;
  const others = people.length - NAMED;
  return (
    <dl className="facts entity-facts">
      <Fact name="Events">
        <PlaceLink
          to={addressOf(["live"], { about: `${overview.entity.type}:${overview.entity.id}` })}
          className="figures"
        >
          {complete ? events.toLocaleString() : `more than ${events.toLocaleString()}`}
        </PlaceLink>
      </Fact>
      <Fact name="First">
        <When at={firstAt} />
      </Fact>
      <Fact name="Last">
        <When at={lastAt} />
      </Fact>
      <Fact name="People">
        <ul className="people">
          {people.slice(0, NAMED).map(({ actor, count }) => (
            <li key={`${actor.type}:${actor.id}`}>
              <PlaceLink to={addressOf(["entities", actor.type, actor.id])}>
                {actor.label ?? `${actor.type}:${actor.id}`}
              </PlaceLink>{" "}
              <span className="quiet figures">{count.toLocaleString()}</span>
            </li>
          ))}
          {others > 0 && <li className="quiet">and {others} more</li>}
        </ul>
      </Fact>
    </dl>
  );
}

function When({ at }: { readonly at: string }) {
  return (
    <span className="figures" title={exactTime(new Date(at))}>
      <RelativeTime at={at} withDay />
    </span>
  );
}
