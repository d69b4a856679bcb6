import { useAnswer, type Answer } from "../client/useAnswer.ts";
import { queryOf } from "../filter.ts";
import { useTidings } from "../provider/useTidings.ts";
import type { GroupMembersPage } from "../wire.ts";

/** A group and its events, newest first, at most 200, by the group's id. `reload` after it has grown. */
export function useGroup(id: string): Answer<GroupMembersPage> {
  const { locale } = useTidings();
  return useAnswer(`/feed/groups/${encodeURIComponent(id)}`, queryOf({ locale }));
}
