import { useEffect, useRef, type ReactElement } from "react";
import { useTidings } from "../provider/useTidings.ts";
import { formatCount } from "../time/formatCount.ts";
import { RelativeTime } from "../time/RelativeTime.tsx";
import { Sentence } from "../feed/Sentence.tsx";
import { useLook } from "../feed/useLook.ts";
import type { FeedGroup } from "../wire.ts";
import { useGroup } from "./useGroup.ts";

export interface GroupMembersProps {
  readonly group: FeedGroup;
  readonly filterQuery: string;
  readonly listId: string;
  readonly onRead: (ids: readonly string[]) => void;
}

/** The single events of a group, in their place. Who opened it has read them. */
export function GroupMembers({ group, filterQuery, listId, onRead }: GroupMembersProps): ReactElement {
  const { words } = useTidings();
  const { locale } = useLook();
  const { value: members, failure, reload } = useGroup(group, filterQuery);
  const isRead = useRef(false);
  useEffect(() => {
    if (members === null || isRead.current) return;
    isRead.current = true;
    const unread = members.items.filter((item) => item.unread !== false).map((item) => item.id);
    if (unread.length > 0) onRead(unread);
  }, [members, onRead]);
  if (failure !== null) {
    return (
      <p className="tidings-members" id={listId} role="alert">
        {words.failed} ({failure.code}){" "}
        <button type="button" className="tidings-button" onClick={reload}>
          {words.retry}
        </button>
      </p>
    );
  }
  const hidden = members === null ? 0 : group.count - members.items.length;
  return (
    <ul className="tidings-members" id={listId} aria-busy={members === null}>
      {members?.items.map((item) => (
        <li key={item.id} className="tidings-member">
          <span>
            <Sentence parts={item.sentence} />
          </span>
          <RelativeTime at={item.occurredAt} locale={locale} className="tidings-time" />
        </li>
      ))}
      {hidden > 0 && (
        <li className="tidings-member">{words.moreInGroup(hidden, formatCount(hidden, locale))}</li>
      )}
    </ul>
  );
}
