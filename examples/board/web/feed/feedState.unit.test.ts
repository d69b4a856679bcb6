import { expect, test } from "vitest";
import { RequestFailed } from "../../../../dashboard/src/shared/ask.ts";
import type { FeedItem, FeedPage, LiveItem } from "./feedItem.ts";
import { emptyFeed, feedReducer, type FeedState } from "./feedState.ts";
import { wordsFor } from "./sentenceWords.ts";

const item = (id: string) => ({ id, position: 1 }) as LiveItem;
const page = (ids: readonly string[], older: string | null = null): FeedPage => ({
  items: ids.map(item),
  older,
  position: 1,
});
const ids = (state: FeedState) => state.items.map(({ id }) => id);
const loaded = feedReducer(emptyFeed, { kind: "loaded", page: page(["c", "b"], "b") });

test("an event that a page and the stream both bring is shown once", () => {
  expect(ids(feedReducer(loaded, { kind: "arrived", item: item("c"), hold: false }))).toEqual(["c", "b"]);
  expect(ids(feedReducer(loaded, { kind: "loaded-older", page: page(["b", "a"]) }))).toEqual(["c", "b", "a"]);
});

test("what arrives while the reader is elsewhere is held until it is asked for", () => {
  const held = feedReducer(loaded, { kind: "arrived", item: item("d"), hold: true });
  expect(ids(held)).toEqual(["c", "b"]);
  expect(held.held).toHaveLength(1);
  const released = feedReducer(held, { kind: "release" });
  expect(ids(released)).toEqual(["d", "c", "b"]);
  expect(released.held).toEqual([]);
});

test("a failure of an older page keeps what is there", () => {
  const loading = feedReducer(loaded, { kind: "load-older" });
  const failed = feedReducer(loading, { kind: "failed", failure: new RequestFailed("OFFLINE", "away") });
  expect(failed.status).toBe("older-failed");
  expect(ids(failed)).toEqual(["c", "b"]);
});

test("the viewer is You in front, you further on, and yourself after their own deed", () => {
  const ann = { type: "user", id: "ann", label: "Ann" };
  const ben = { type: "user", id: "ben", label: "Ben" };
  const feedActor = (actor: typeof ann) => ({ ...actor, url: null, deleted: false }) as FeedItem["actor"];
  const named = (entity: typeof ann, isActor = false) => ({ text: entity.label, entity, isActor });
  expect(wordsFor(named(ann, true), 0, feedActor(ann), "ann")).toBe("You");
  expect(wordsFor(named(ann, true), 0, feedActor(ann), "ben")).toBe("Ann");
  expect(wordsFor(named(ann), 2, feedActor(ben), "ann")).toBe("you");
  expect(wordsFor(named(ann), 2, feedActor(ann), "ann")).toBe("yourself");
  expect(wordsFor({ text: "Ann" }, 0, feedActor(ann), "ann")).toBe("Ann");
});
