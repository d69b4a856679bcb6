import { Segments } from "../../shared/Segments.tsx";
import { DaySlider } from "./DaySlider.tsx";
import { untilOf, type UntilChoice } from "./replayChoice.ts";

interface UntilFieldProps {
  readonly until: UntilChoice | null;
  readonly lastPosition: number;
  readonly onChange: (until: UntilChoice | null) => void;
}

const ways = [
  { id: "now", name: "Now" },
  { id: "time", name: "Time" },
  { id: "event", name: "Event" },
  { id: "position", name: "Position" },
] as const;

type Way = (typeof ways)[number]["id"];

/** How far: by the slider, or exactly. */
export function UntilField({ until, lastPosition, onChange }: UntilFieldProps) {
  const at = until?.by === "time" ? Date.parse(until.text) : null;
  const choose = (way: Way) =>
    onChange(way === "now" ? null : { by: way, text: firstText(way, lastPosition) });
  return (
    <div className="replay-until">
      <DaySlider
        at={at === null || Number.isNaN(at) ? null : at}
        onChange={(time) => onChange(time === null ? null : timeChoice(time))}
      />
      <div className="replay-exactly">
        <Segments label="Until" options={ways} chosen={until?.by ?? "now"} onChoose={choose} />
        {until !== null && <ExactField until={until} onChange={onChange} />}
      </div>
    </div>
  );
}

interface ExactFieldProps {
  readonly until: UntilChoice;
  readonly onChange: (until: UntilChoice) => void;
}

function ExactField({ until, onChange }: ExactFieldProps) {
  const { by, text } = until;
  const wrong = text !== "" && untilOf(until) === null;
  const common = { "aria-invalid": wrong || undefined, className: "replay-exact figures" };
  switch (by) {
    case "time":
      return (
        <input
          {...common}
          type="datetime-local"
          aria-label="Until this time"
          step={1}
          value={localText(Date.parse(text))}
          onChange={({ target }) => target.value !== "" && onChange(timeChoice(Date.parse(target.value)))}
        />
      );
    case "position":
      return (
        <input
          {...common}
          inputMode="numeric"
          aria-label="Up to this position, included"
          placeholder="128412"
          value={text}
          onChange={({ target }) => onChange({ by, text: target.value })}
        />
      );
    case "event":
      return (
        <input
          {...common}
          aria-label="Up to this event, included"
          placeholder="The id of an event"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ target }) => onChange({ by, text: target.value })}
        />
      );
  }
}

function firstText(way: Exclude<Way, "now">, lastPosition: number): string {
  if (way === "time") return new Date().toISOString();
  return way === "position" ? String(lastPosition) : "";
}

function timeChoice(at: number): UntilChoice {
  return { by: "time", text: new Date(at).toISOString() };
}

/** What the browser's own field takes: the reader's clock without a zone. */
function localText(at: number): string {
  if (Number.isNaN(at)) return "";
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
