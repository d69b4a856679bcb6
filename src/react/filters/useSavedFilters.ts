import { useCallback } from "react";
import { useAnswer, type Answer } from "../client/useAnswer.ts";
import type { FeedFilter } from "../filter.ts";
import { useTidings } from "../provider/useTidings.ts";
import type { SavedFilter } from "../wire.ts";

export interface SavedFilters extends Omit<Answer<unknown>, "value"> {
  /** The reader's own, then those that others share. */
  readonly filters: readonly SavedFilter[];
  /** Throws RequestFailed, as `remove` does. */
  readonly save: (name: string, filter: FeedFilter, shared: boolean) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
}

export function useSavedFilters(): SavedFilters {
  const { client } = useTidings();
  const { value, reload, ...answer } = useAnswer<{ items: readonly SavedFilter[] }>("/feed/filters");
  const save = useCallback(
    async (name: string, filter: FeedFilter, shared: boolean) => {
      await client.send("POST", "/feed/filters", { name, filter, shared });
      reload();
    },
    [client, reload],
  );
  const remove = useCallback(
    async (id: string) => {
      await client.send("DELETE", `/feed/filters/${encodeURIComponent(id)}`);
      reload();
    },
    [client, reload],
  );
  return { ...answer, reload, filters: value?.items ?? [], save, remove };
}
