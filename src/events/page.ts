import { TidingsError } from "../errors.ts";
import { isEventId } from "../log/eventId.ts";
import type { PageBounds } from "../log/findEvents.ts";
import { checkWhole } from "./checkQuery.ts";
import type { NamesOf } from "./filter.ts";

/** Which page. Cursors are what a page returned; they stay good while events are inserted. */
export interface PageRequest {
  /** Items older than this cursor: a page's `older`. */
  before?: string | undefined;
  /** Items newer than this cursor: a page's `newer`. For new events as they come use `live`: ids are not commit order. */
  after?: string | undefined;
  /** 1 to 200. Default 50. */
  limit?: number | undefined;
}

export const pageNames: NamesOf<PageRequest> = { before: true, after: true, limit: true };

/** Items newest first, whichever way one came. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Pass as `before` for the next older page. Null when there is nothing older. */
  readonly older: string | null;
  /** Pass as `after` for newer items. Null when the page is empty and had no cursor. */
  readonly newer: string | null;
}

/** Checks a request; asks for one item more than wanted, which tells whether there is another page. */
export function pageBounds({ before, after, limit = 50 }: PageRequest): PageBounds {
  checkWhole("limit", limit, 1, 200);
  if (before !== undefined && after !== undefined) {
    throw new TidingsError("INVALID_CURSOR", { detail: "Pass before or after, not both" });
  }
  for (const cursor of [before, after]) {
    if (cursor !== undefined && !isEventId(cursor)) throw new TidingsError("INVALID_CURSOR");
  }
  return { before, after, limit: limit + 1 };
}

/** Cuts the extra event off, makes items of the others, and says where the neighbours begin. */
export async function pageOf<Event extends { readonly id: string }, Item>(
  found: readonly Event[],
  request: PageRequest,
  itemsOf: (shown: readonly Event[]) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const limit = request.limit ?? 50;
  const more = found.length > limit;
  const shown = found.slice(0, limit);
  if (request.after !== undefined) shown.reverse();
  const items = await itemsOf(shown);
  const oldest = shown.at(-1)?.id ?? null;
  const newest = shown[0]?.id ?? null;
  return request.after === undefined
    ? { items, older: more ? oldest : null, newer: newest ?? request.before ?? null }
    : { items, older: oldest ?? request.after, newer: newest ?? request.after };
}
