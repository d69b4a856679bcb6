import { user } from "./entities.ts";
import { account, tidings } from "./tidings.ts";
import { MARKS } from "./web/feed/marks.ts";

/** So many of the seeded events are new to the three: the feed shows them where they left off. */
const NEW = 4;

/** On the first start: Ann, Ben and Chloe have read the week but for its last hour. An app keeps marks as people come by. */
export async function rememberEarlierVisits(): Promise<void> {
  const first = await tidings.marks.get({ account, reader: user("ann"), feed: MARKS });
  if (first.updatedAt !== null) return;
  const { items } = await tidings.feed({ account, limit: NEW + 1 });
  for await (const { id, position } of tidings.live({ account, after: 0 })) {
    if (id !== items.at(-1)?.id) continue;
    for (const reader of ["ann", "ben", "chloe"].map((each) => user(each)))
      await tidings.marks.read({ account, reader, feed: MARKS, position });
    return;
  }
}
