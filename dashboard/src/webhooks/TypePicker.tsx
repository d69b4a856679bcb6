import { Search, X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import type { EventType } from "./api.ts";
import { icon } from "../shared/icon.ts";
import { categoryOf } from "./typePatterns.ts";

interface TypePickerProps {
  readonly chosen: readonly string[];
  /** Null while they are being loaded. */
  readonly known: readonly EventType[] | null;
  readonly error: string | null;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** More than fit on a screen are searched. */
const SEARCHED_FROM = 12;

/** Every event, or some: whole categories, with what will come to them, or single types. */
export function TypePicker({ chosen, known, error, onChange }: TypePickerProps) {
  const id = useId();
  const [remembered, setRemembered] = useState<readonly string[]>([]);
  const takesAll = chosen.includes("*");
  const takeSome = () => onChange(remembered);
  const takeAll = () => {
    setRemembered(chosen.filter((pattern) => pattern !== "*"));
    onChange(["*"]);
  };
  return (
    <fieldset className="form-field" data-field="types" aria-describedby={error ? `${id}-error` : undefined}>
      <legend>Events</legend>
      <div className="choices">
        <label className="choice">
          <input type="radio" name={id} checked={takesAll} onChange={takeAll} />
          <span>
            All events <span className="quiet">also those that are added later</span>
          </span>
        </label>
        <label className="choice">
          <input type="radio" name={id} checked={!takesAll} onChange={takeSome} />
          <span>Only some</span>
        </label>
      </div>
      {!takesAll && <Types chosen={chosen} known={known ?? []} onChange={onChange} />}
      {error !== null && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}

interface TypesProps {
  readonly chosen: readonly string[];
  readonly known: readonly EventType[];
  readonly onChange: (chosen: readonly string[]) => void;
}

function Types({ chosen, known, onChange }: TypesProps) {
  const [wanted, setWanted] = useState("");
  const categories = useMemo(() => grouped(known), [known]);
  const patterns = new Set([
    ...known.map(({ type }) => type),
    ...[...categories.keys()].map((name) => `${name}.*`),
  ]);
  const others = chosen.filter((pattern) => !patterns.has(pattern));
  const set = (pattern: string, on: boolean) =>
    onChange(on ? [...chosen, pattern] : chosen.filter((each) => each !== pattern));
  const setCategory = (name: string, on: boolean) => {
    const rest = chosen.filter((each) => each !== `${name}.*` && categoryOf(each) !== name);
    onChange(on ? [...rest, `${name}.*`] : rest);
  };
  const shown = (type: EventType) =>
    `${type.type} ${type.description ?? ""}`.toLowerCase().includes(wanted.trim().toLowerCase());
  return (
    <div className="types">
      {known.length >= SEARCHED_FROM && (
        <label className="types-search">
          <Search {...icon} />
          <input
            type="search"
            aria-label="Search the events"
            placeholder={`Search ${known.length.toLocaleString()} events`}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
            // Enter would send the form.
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          />
        </label>
      )}
      {others.length > 0 && (
        <p className="types-others">
          {others.map((pattern) => (
            <button key={pattern} type="button" className="chip" onClick={() => set(pattern, false)}>
              {pattern}
              <X {...icon} size={12} />
              <span className="visually-hidden">, remove</span>
            </button>
          ))}
        </p>
      )}
      <div className="types-list">
        {[...categories].map(([name, types]) => {
          const whole = chosen.includes(`${name}.*`);
          const visible = types.filter(shown);
          if (visible.length === 0) return null;
          return (
            <div key={name} role="group" aria-label={name}>
              <label className="choice types-category">
                <input
                  type="checkbox"
                  checked={whole}
                  ref={(box) => {
                    if (box) box.indeterminate = !whole && types.some(({ type }) => chosen.includes(type));
                  }}
                  onChange={(event) => setCategory(name, event.target.checked)}
                />
                <span>
                  <b>{name}</b> <span className="quiet">all of them, also later ones</span>
                </span>
              </label>
              {visible.map(({ type, description }) => (
                <label key={type} className="choice types-one">
                  <input
                    type="checkbox"
                    checked={whole || chosen.includes(type)}
                    disabled={whole}
                    onChange={(event) => set(type, event.target.checked)}
                  />
                  <span>
                    <code>{type}</code>
                    {description && <span className="quiet types-about">{description}</span>}
                  </span>
                </label>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function grouped(types: readonly EventType[]): Map<string, EventType[]> {
  const categories = new Map<string, EventType[]>();
  for (const type of types) {
    const name = categoryOf(type.type);
    categories.set(name, [...(categories.get(name) ?? []), type]);
  }
  return categories;
}
