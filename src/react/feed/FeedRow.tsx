import { memo, type MouseEvent, type ReactElement } from "react";
import { entityKey } from "../entityKey.ts";
import { useTidings } from "../provider/useTidings.ts";
import { formatCount } from "../time/formatCount.ts";
import { RelativeTime } from "../time/RelativeTime.tsx";
import { GroupMembers } from "../groups/GroupMembers.tsx";
import { Avatar } from "./Avatar.tsx";
import { isGroup, timeOf, type Entry } from "./entry.ts";
import { Hidden } from "./Hidden.tsx";
import { Icon } from "./Icon.tsx";
import { Link } from "./Link.tsx";
import { Sentence } from "./Sentence.tsx";
import { classOf, useLook } from "./useLook.ts";

export interface FeedRowProps {
  readonly entry: Entry;
  /** Makes ids of the page. */
  readonly prefix: string;
  /** From 1, the newest. */
  readonly place: number;
  /** How many there are, or -1 while older ones are not loaded. */
  readonly total: number;
  /** It came while the feed was open. */
  readonly arrived: boolean;
  /** Of a group: its members are shown. */
  readonly open: boolean;
  /** Of the feed: members of a group are asked for with it. */
  readonly filterQuery: string;
  readonly onToggle: (id: string) => void;
  readonly onRead: (ids: readonly string[]) => void;
  readonly measure: (element: HTMLElement | null) => void;
}

/** One line. Drawn again only when something about it changes: a feed has thousands. */
export const FeedRow = memo(function FeedRow(props: FeedRowProps): ReactElement {
  const { entry, prefix, arrived, onRead } = props;
  const { slots, classNames } = useLook();
  const id = `${prefix}${entry.id}`;
  const item = isGroup(entry) ? entry.latest : entry;
  const sentence = (
    <p className={classOf("sentence", classNames.sentence)} id={`${id}-said`}>
      <Sentence parts={entry.sentence} />
    </p>
  );
  const foot = <RowFoot {...props} id={id} />;
  const onClick = (event: MouseEvent) => {
    if (entry.unread && !isGroup(entry) && (event.target as Element).closest("a")) onRead([entry.id]);
  };
  return (
    <article
      ref={props.measure}
      className={classOf("item", classNames.item)}
      tabIndex={0}
      aria-posinset={props.place}
      aria-setsize={props.total}
      aria-labelledby={`${id}-said`}
      aria-describedby={entry.unread ? `${id}-unread ${id}-when` : `${id}-when`}
      data-id={entry.id}
      data-type={item.type}
      data-lane={item.lane}
      data-severity={item.severity}
      data-unread={entry.unread ? true : undefined}
      data-arrived={arrived || undefined}
      onClick={onClick}
    >
      {slots.item ? (
        <slots.item entry={entry} sentence={sentence} foot={foot} />
      ) : (
        <>
          <Icon name={entry.icon} />
          <Actors entry={entry} />
          {sentence}
          {foot}
        </>
      )}
      {isGroup(entry) && props.open && (
        <GroupMembers
          group={entry}
          filterQuery={props.filterQuery}
          listId={`${id}-members`}
          onRead={onRead}
        />
      )}
    </article>
  );
});

function Actors({ entry }: { readonly entry: Entry }): ReactElement {
  const actors = isGroup(entry) ? entry.actors : [entry.actor];
  return (
    <span className="tidings-avatars" data-count={actors.length}>
      {actors.map((actor) => (
        <Avatar key={entityKey(actor)} entity={actor} />
      ))}
    </span>
  );
}

function RowFoot({ entry, id, open, onToggle }: FeedRowProps & { readonly id: string }): ReactElement {
  const { words } = useTidings();
  const { classNames, locale } = useLook();
  const [count, url] = isGroup(entry) ? [entry.count, null] : [1, entry.actionable ? entry.url : null];
  // Only where the sentence does not lead there already: the same link twice in a line is noise.
  const view = entry.sentence.some((part) => part.url === url) ? null : url;
  return (
    <div className={classOf("foot", classNames.foot)}>
      <RelativeTime
        id={`${id}-when`}
        at={timeOf(entry)}
        locale={locale}
        className={classOf("time", classNames.time)}
      />
      {entry.unread ? <Hidden id={`${id}-unread`}>{words.unread}</Hidden> : null}
      {view !== null && (
        <Link href={view} className="tidings-view">
          {words.view}
        </Link>
      )}
      {count > 1 && (
        <button
          type="button"
          className={classOf("toggle", classNames.button)}
          aria-expanded={open}
          aria-controls={open ? `${id}-members` : undefined}
          onClick={() => onToggle(entry.id)}
        >
          {open ? words.hideGroup : words.showGroup(count, formatCount(count, locale))}
        </button>
      )}
    </div>
  );
}
