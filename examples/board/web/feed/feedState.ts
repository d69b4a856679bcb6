import type { RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import type { FeedItem, FeedPage, LiveItem } from "./feedItem.ts";

export interface FeedState {
  /** Newest first. */
  readonly items: readonly FeedItem[];
  /** Arrived while the reader was further down: shown when they ask, because content must not jump. */
  readonly held: readonly FeedItem[];
  /** Arrived live since the page was opened: these fade in. */
  readonly arrived: ReadonlySet<string>;
  readonly older: string | null;
  readonly status: "loading" | "ready" | "loading-older" | "failed" | "older-failed";
  readonly failure: RequestFailed | null;
}

export type FeedAction =
  | { readonly kind: "load" }
  | { readonly kind: "loaded"; readonly page: FeedPage }
  | { readonly kind: "load-older" }
  | { readonly kind: "loaded-older"; readonly page: FeedPage }
  | { readonly kind: "failed"; readonly failure: RequestFailed }
  | { readonly kind: "arrived"; readonly item: LiveItem; readonly hold: boolean }
  | { readonly kind: "release" };

export const emptyFeed: FeedState = {
  items: [],
  held: [],
  arrived: new Set(),
  older: null,
  status: "loading",
  failure: null,
};

export function feedReducer(state: FeedState, action: FeedAction): FeedState {
  switch (action.kind) {
    case "load":
      return { ...state, status: "loading", failure: null };
    case "loaded":
      return {
        ...state,
        items: withoutDoubles(action.page.items),
        older: action.page.older,
        status: "ready",
      };
    case "load-older":
      return { ...state, status: "loading-older", failure: null };
    case "loaded-older":
      return {
        ...state,
        items: withoutDoubles([...state.items, ...action.page.items]),
        older: action.page.older,
        status: "ready",
      };
    case "failed":
      return {
        ...state,
        status: state.status === "loading-older" ? "older-failed" : "failed",
        failure: action.failure,
      };
    case "arrived": {
      const arrived = new Set(state.arrived).add(action.item.id);
      return action.hold
        ? { ...state, arrived, held: withoutDoubles([action.item, ...state.held]) }
        : { ...state, arrived, items: withoutDoubles([action.item, ...state.items]) };
    }
    case "release":
      return { ...state, items: withoutDoubles([...state.held, ...state.items]), held: [] };
  }
}

/** A page and the live stream may both bring an event; its id tells. */
function withoutDoubles(items: readonly FeedItem[]): FeedItem[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
