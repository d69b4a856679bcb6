import { useId, useMemo, type ReactElement } from "react";
import { Avatar } from "../feed/Avatar.tsx";
import { classOf, LookContext, useLook } from "../feed/useLook.ts";
import { NoLines } from "../feed/NoLines.tsx";
import { Sentence } from "../feed/Sentence.tsx";
import type { FeedClassNames, FeedSlots } from "../feed/slots.ts";
import { useTidings } from "../provider/useTidings.ts";
import { DayHeading } from "../time/DayHeading.tsx";
import { formatCount } from "../time/formatCount.ts";
import { useFormattingLocale } from "../time/useFormattingLocale.ts";
import { ClockTime } from "../time/ClockTime.tsx";
import type { Day, DayColumn, FeedItem, Phase } from "../wire.ts";
import { useDayWords } from "./dayWords.ts";
import { useDays, type DaysOptions } from "./useDays.ts";

export interface DayTimelineProps extends DaysOptions {
  classNames?: FeedClassNames | undefined;
  slots?: FeedSlots | undefined;
  /** Of a day's heading; its columns are one deeper. Default 3. */
  headingLevel?: 2 | 3 | 4 | 5 | undefined;
  /** Where a day holds more than is shown: shows all of it elsewhere. Default: only the number is told. */
  onShowAll?: ((date: string) => void) | undefined;
}

const phases: readonly Phase[] = ["added", "updated", "done"];

/** Day by day: what was added, what changed, what was finished. */
export function DayTimeline({
  classNames = {},
  slots = {},
  onShowAll,
  headingLevel = 3,
  ...options
}: DayTimelineProps): ReactElement {
  const { words: feedWords } = useTidings();
  const words = useDayWords();
  const timeline = useDays(options);
  const { days, older, status, failure } = timeline;
  const locale = useFormattingLocale(timeline.locale);
  const look = useMemo(() => ({ slots, classNames, locale, entity: undefined }), [slots, classNames, locale]);
  return (
    <LookContext.Provider value={look}>
      <div
        className={classOf("feed tidings-days", classNames.root)}
        lang={timeline.locale}
        dir={timeline.dir}
        data-status={status}
      >
        {days.length === 0 && <NoLines feed={timeline} />}
        {days.map((day) => (
          <DaySection key={day.date} day={day} onShowAll={onShowAll} level={headingLevel} />
        ))}
        {older !== null && (
          <div className="tidings-edge">
            {status === "failed" && (
              <span role="alert">
                {feedWords.failed} ({failure?.code}){" "}
              </span>
            )}
            <button
              type="button"
              className={classOf("button", classNames.button)}
              aria-disabled={status === "loading-older"}
              onClick={timeline.loadOlder}
            >
              {status === "failed" ? feedWords.retry : words.olderDays}
            </button>
          </div>
        )}
      </div>
    </LookContext.Provider>
  );
}

interface DaySectionProps {
  readonly day: Day;
  readonly onShowAll: DayTimelineProps["onShowAll"];
  readonly level: 2 | 3 | 4 | 5;
}

function DaySection({ day, onShowAll, level }: DaySectionProps) {
  const id = useId();
  const { classNames, locale } = useLook();
  const Heading = `h${level}` as const;
  return (
    <section aria-labelledby={id}>
      <Heading id={id} className={classOf("day", classNames.day)}>
        <DayHeading day={day.date} locale={locale} />
      </Heading>
      <div className="tidings-columns">
        {phases.map((phase) => (
          <Column
            key={phase}
            phase={phase}
            day={day.date}
            column={day.columns[phase]}
            onShowAll={onShowAll && (() => onShowAll(day.date))}
            level={level}
          />
        ))}
      </div>
    </section>
  );
}

interface ColumnProps {
  readonly phase: Phase;
  readonly day: string;
  readonly column: DayColumn;
  readonly onShowAll: (() => void) | undefined;
  readonly level: 2 | 3 | 4 | 5;
}

const MOST_HIDDEN = 900;
const levelBelow = { 2: "h3", 3: "h4", 4: "h5", 5: "h6" } as const;

function Column({ phase, day, column: { items, hidden }, onShowAll, level }: ColumnProps) {
  const words = useDayWords();
  const { classNames, locale } = useLook();
  const id = useId();
  const Heading = levelBelow[level];
  // The server counts no further.
  const orMore = hidden >= MOST_HIDDEN ? "+" : "";
  const more = words.hidden(hidden, formatCount(hidden, locale) + orMore);
  return (
    <div className="tidings-column" data-phase={phase}>
      <Heading id={id} className="tidings-column-name">
        {words[phase]}
      </Heading>{" "}
      <span className="tidings-count">{formatCount(items.length + hidden, locale) + orMore}</span>
      {items.length === 0 && <p className="tidings-nothing">{words.nothingThere}</p>}
      <ul aria-labelledby={id}>
        {items.map((item) => (
          <Line key={item.id} item={item} day={day} />
        ))}
      </ul>
      {hidden > 0 &&
        (onShowAll ? (
          <button type="button" className={classOf("toggle", classNames.button)} onClick={onShowAll}>
            {more}
          </button>
        ) : (
          <p className="tidings-nothing">{more}</p>
        ))}
    </div>
  );
}

function Line({ item, day }: { readonly item: FeedItem; readonly day: string }) {
  const { late } = useDayWords();
  const { classNames, locale } = useLook();
  return (
    <li className={classOf("line", classNames.item)} data-type={item.type} data-severity={item.severity}>
      <Avatar entity={item.actor} />
      <p className={classOf("sentence", classNames.sentence)}>
        <Sentence parts={item.sentence} />{" "}
        <ClockTime
          item={item}
          day={day}
          late={late}
          locale={locale}
          className={classOf("time", classNames.time)}
        />
      </p>
    </li>
  );
}
