import { useCallback, useId, type ReactElement } from "react";
import { entityKey } from "../entityKey.ts";
import { filterQuery, type FeedFilter } from "../filter.ts";
import { useTidings } from "../provider/useTidings.ts";
import { dayBounds } from "../time/dayBounds.ts";
import { formatCount } from "../time/formatCount.ts";
import { dayHeading } from "../time/timeText.ts";
import { useNow } from "../time/useNow.ts";
import { dayOf } from "../time/zonedTime.ts";
import type { EntityRef } from "../wire.ts";
import { FilterChips, type FilterChip } from "./FilterChips.tsx";
import { FilterMenu } from "./FilterMenu.tsx";
import { useFilterWords } from "./filterWords.ts";
import { FilterOption } from "./FilterOption.tsx";
import { SavedFilterMenu } from "./SavedFilterMenu.tsx";
import { useFacets } from "./useFacets.ts";

export interface FeedFiltersProps {
  /** The filter that is shown; keep it where links can carry it. */
  value: FeedFilter;
  onChange: (filter: FeedFilter) => void;
  /** What a type is called: `card.moved`. Default: its words, "card moved". */
  nameOfType?: ((type: string) => string) | undefined;
  /** Offers to keep filters under a name. Default true. */
  saved?: boolean | undefined;
  className?: string | undefined;
}

/** What, who and when, each with how many there are; what is chosen, as chips; and filters kept under a name. */
export function FeedFilters({
  value,
  onChange,
  nameOfType = wordsOfType,
  saved = true,
  className,
}: FeedFiltersProps): ReactElement {
  const { locale, timeZone } = useTidings();
  const words = useFilterWords();
  const { value: facets, failure } = useFacets(value);
  const radio = useId();
  const { types = [], actors = [], since, until } = value;
  const days = (facets?.days ?? []).map((day) => ({ ...day, ...dayBounds(day.date, timeZone) }));
  const chosenDay = days.find((day) => day.since === since && day.until === until);
  const today = useNow(useCallback((now) => dayOf(new Date(now), timeZone), [timeZone]));
  const nameOfDay = (date: string) => (today === null ? date : dayHeading(date, today, { locale, timeZone }));
  const nameOfActor = (key: string) =>
    labelOf(facets?.actors.find(({ actor }) => entityKey(actor) === key)?.actor) ?? key;
  const withList = (name: "types" | "actors", list: readonly string[]) =>
    onChange({ ...value, [name]: list.length === 0 ? undefined : list });
  const toggle = (name: "types" | "actors", list: readonly string[], key: string, isChosen: boolean) =>
    withList(name, isChosen ? [...list, key] : list.filter((each) => each !== key));
  const withDay = (bounds: { since?: string; until?: string }) =>
    onChange({ ...value, since: bounds.since, until: bounds.until });

  const chips: FilterChip[] = [
    ...types.map((type) => chip(type, nameOfType(type), () => toggle("types", types, type, false))),
    ...actors.map((key) => chip(key, nameOfActor(key), () => toggle("actors", actors, key, false))),
    ...(since === undefined && until === undefined
      ? []
      : [chip("day", chosenDay ? nameOfDay(chosenDay.date) : rangeOf(since, until), () => withDay({}))]),
  ];
  const count = (number: number) => formatCount(number, locale);
  const newestOnly = facets?.complete === false && (
    <p className="tidings-nothing">{words.newestOnly(count(500))}</p>
  );

  return (
    <div role="group" aria-label={words.filters} className={`tidings-filters ${className ?? ""}`.trim()}>
      <div className="tidings-menus">
        <FilterMenu label={words.types} chosen={types.length}>
          {facets?.types.map((facet) => (
            <FilterOption
              key={facet.type}
              label={nameOfType(facet.type)}
              count={count(facet.count)}
              checked={types.includes(facet.type)}
              onChange={(isChosen) => toggle("types", types, facet.type, isChosen)}
            />
          ))}
          {newestOnly}
        </FilterMenu>
        <FilterMenu label={words.people} chosen={actors.length}>
          {facets?.actors.map((facet) => (
            <FilterOption
              key={entityKey(facet.actor)}
              label={labelOf(facet.actor) ?? entityKey(facet.actor)}
              count={count(facet.count)}
              checked={actors.includes(entityKey(facet.actor))}
              onChange={(isChosen) => toggle("actors", actors, entityKey(facet.actor), isChosen)}
            />
          ))}
          {newestOnly}
        </FilterMenu>
        <FilterMenu label={words.day} chosen={since === undefined && until === undefined ? 0 : 1}>
          <FilterOption
            label={words.anyDay}
            count=""
            checked={since === undefined && until === undefined}
            onChange={() => withDay({})}
            radioName={radio}
          />
          {days.map((day) => (
            <FilterOption
              key={day.date}
              label={nameOfDay(day.date)}
              count={count(day.count)}
              checked={day === chosenDay}
              onChange={() => withDay(day)}
              radioName={radio}
            />
          ))}
          {newestOnly}
        </FilterMenu>
        {saved && (
          <SavedFilterMenu value={value} isFiltered={filterQuery(value) !== ""} onChange={onChange} />
        )}
      </div>
      {failure !== null && (
        <p role="alert" className="tidings-refused">
          {failure.message} <code>{failure.code}</code>
        </p>
      )}
      <FilterChips
        chips={chips}
        onClear={() =>
          onChange({ ...value, types: undefined, actors: undefined, since: undefined, until: undefined })
        }
      />
    </div>
  );
}

function chip(key: string, label: string, remove: () => void): FilterChip {
  return { key, label, remove };
}

function wordsOfType(type: string): string {
  const words = type.replace(/\.\*$/, "").replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function labelOf(actor: EntityRef | undefined): string | undefined {
  return actor && (actor.label ?? `${actor.type} ${actor.id}`);
}

function rangeOf(since = "", until = ""): string {
  return `${since.slice(0, 10)} – ${until.slice(0, 10)}`;
}
