import type { Queryable } from "../db/database.ts";
import { entityKey } from "../events/entity.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { positionsOf } from "../log/positionsOf.ts";
import { findMark, markKey, readMark, type MarkOf, type ReadMark } from "./marks.ts";

/** Whose mark a page is read with; of the page's account. */
export type ReaderOfFeed = Omit<MarkOf, "account">;

/** What a reader has not read yet: where a feed has a `reader`. */
export interface ReadState {
  readonly unread: boolean;
  /** Not shown yet: the line "new since your last visit" is between these and the older ones. */
  readonly unseen: boolean;
}

export interface ReadStates {
  readonly mark: ReadMark;
  /** Of an event that was asked for. */
  of(event: RecordedEvent): ReadState;
}

/** Tells of each event of one account whether the reader has seen and read it. What readers did themselves, they have. */
export async function readStates(
  on: Queryable,
  reader: ReaderOfFeed,
  account: string,
  events: readonly RecordedEvent[],
): Promise<ReadStates> {
  const key = markKey(reader, account);
  const mark = await findMark(on, key);
  const positions = await positionsOf(
    on,
    account,
    events.map(({ id }) => id),
  );
  return {
    mark: readMark(mark),
    of: ({ id, actor }) => {
      // An event that has no position yet is younger than every mark.
      const position = positions.get(id) ?? Infinity;
      const unread = !mark.isRead(position) && entityKey(actor) !== key[1];
      return { unread, unseen: unread && position > mark.seen };
    },
  };
}
