import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestFailed } from "../client/requestFailed.ts";
import type { FeedGroup, FeedItem, FeedPage, GroupPage, LiveItem } from "../wire.ts";
import { newestIdOf } from "./entry.ts";
import { emptyFeed, feedReducer, type FeedAction, type FeedState } from "./feedState.ts";
import { visitLineAt } from "./visitLine.ts";

const item = (id: string, more: Partial<FeedItem> = {}) => ({ id, ...more }) as FeedItem;
const live = (id: string, position: number) => ({ id, position }) as LiveItem;
const page = (ids: readonly string[], older: string | null = null, position = 0): FeedPage => ({
  items: ids.map((id) => item(id)),
  older,
  newer: ids[0] ?? null,
  position,
});
const run = (actions: readonly FeedAction[], from: FeedState = emptyFeed) =>
  actions.reduce(feedReducer, from);
const loaded = (of: FeedPage | GroupPage): FeedAction => ({ kind: "loaded", page: of, startedAt: undefined });
const ids = ({ entries }: FeedState) => entries.map(({ id }) => id);
const heldIds = ({ held }: FeedState) => held.map(({ id }) => id);

describe("a feed of pages and what arrives", () => {
  test("what a page and the stream both bring is shown once", () => {
    const state = run([loaded(page(["c", "b"])), { kind: "arrived", item: live("c", 3), hold: false }]);
    expect(ids(state)).toEqual(["c", "b"]);
  });

  test("what arrives while the reader is further down waits, once, until it is asked for", () => {
    const arrived = (id: string): FeedAction => ({ kind: "arrived", item: live(id, 9), hold: true });
    const waiting = run([loaded(page(["b", "a"])), arrived("c"), arrived("d"), arrived("c"), arrived("a")]);
    expect(ids(waiting)).toEqual(["b", "a"]);
    expect(heldIds(waiting)).toEqual(["d", "c"]);
    const released = feedReducer(waiting, { kind: "release" });
    expect(ids(released)).toEqual(["d", "c", "b", "a"]);
    expect(released.held).toEqual([]);
  });

  test("an event that was committed late stands where its id belongs, one of long ago comes with its own page", () => {
    const arrived = (id: string): FeedAction => ({ kind: "arrived", item: live(id, 9), hold: false });
    const state = run([loaded(page(["f", "d"], "d")), arrived("e"), arrived("b")]);
    expect(ids(state)).toEqual(["f", "e", "d"]);
  });

  test("a page that fails leaves what is shown, and says which one it was", () => {
    const failed: FeedAction = { kind: "failed", failure: new RequestFailed("INTERNAL", "", 500) };
    const state = run([loaded(page(["b"], "b")), { kind: "load-older" }, failed]);
    expect([state.status, ids(state), state.failure?.code]).toEqual(["older-failed", ["b"], "INTERNAL"]);
    expect(run([{ kind: "load" }, failed]).status).toBe("failed");
  });

  test("begun in the past, what arrives waits until the newest are reached", () => {
    const begun = run([
      { kind: "loaded", page: page(["d", "c"], "c", 7), startedAt: "e" },
      { kind: "arrived", item: live("z", 8), hold: false },
    ]);
    expect([ids(begun), heldIds(begun), begun.newer]).toEqual([["d", "c"], ["z"], "d"]);
    const joined = run([{ kind: "loaded-newer", page: page(["e"], null, 9), isLast: true }], begun);
    expect([ids(joined), joined.newer]).toEqual([["e", "d", "c"], null]);
    expect(ids(feedReducer(joined, { kind: "release" }))).toEqual(["z", "e", "d", "c"]);
  });

  test("marks go as far as what is shown, not to what waits", () => {
    const first = run([loaded(page(["a"], null, 5)), { kind: "arrived", item: live("b", 6), hold: true }]);
    expect(first.shownUpTo).toBe(5);
    expect(feedReducer(first, { kind: "release" }).shownUpTo).toBe(6);
  });

  /**
   * A log whose events become visible in another order than their ids, read by pages and the stream in any interleaving:
   * every line stands once, by id, and nothing is missing between the newest and the oldest that is shown.
   */
  test("however pages and arrivals interleave, lines are in order, single and without gaps", () => {
    const step = fc.constantFrom("write", "deliver", "older", "hold", "release", "let in");
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 7 }),
        (steps, before, size) => {
          const log: string[] = [];
          let made = 0;
          // Of two neighbours the younger is committed first, now and then.
          const write = () => {
            const id = String(made + (made % 3 === 1 ? 1 : made % 3 === 2 ? -1 : 0)).padStart(4, "0");
            made++;
            log.push(id);
          };
          for (let count = 0; count < before; count++) write();
          const read = (cursor: string | null): FeedPage => {
            const fitting = log
              .filter((id) => cursor === null || id < cursor)
              .sort()
              .reverse();
            const shown = fitting.slice(0, size);
            return page(shown, fitting.length > size ? shown.at(-1)! : null, log.length);
          };
          let state = feedReducer(emptyFeed, loaded(read(null)));
          let delivered = state.position!;
          let hold = false;
          for (const each of steps) {
            if (each === "write") write();
            else if (each === "deliver" && delivered < log.length) {
              delivered++;
              state = feedReducer(state, {
                kind: "arrived",
                item: live(log[delivered - 1]!, delivered),
                hold,
              });
            } else if (each === "older" && state.older !== null) {
              state = run([{ kind: "load-older" }, { kind: "loaded-older", page: read(state.older) }], state);
            } else if (each === "hold") hold = true;
            else if (each === "let in") hold = false;
            else if (each === "release") state = feedReducer(state, { kind: "release" });

            const shown = ids(state);
            expect(shown).toEqual([...new Set(shown)].sort().reverse());
            const all = new Set([...shown, ...heldIds(state)]);
            const oldest = state.older === null ? "" : (shown.at(-1) ?? "");
            expect(log.slice(0, delivered).filter((id) => id >= oldest && !all.has(id))).toEqual([]);
          }
        },
      ),
    );
  });
});

describe("a feed of groups", () => {
  const group = (id: string, newest: string, count: number) =>
    ({ id, count, latest: item(newest) }) as FeedGroup;
  const groups = (list: readonly FeedGroup[], older: string | null = null): GroupPage => ({
    groups: list,
    older,
    newer: null,
    position: 1,
  });
  const shown = (state: FeedState) => state.entries.map((entry) => [entry.id, newestIdOf(entry)]);

  test("a group that has grown keeps its place in the list of ids, and moves up with its newest event", () => {
    const first = run([loaded(groups([group("d", "e", 2), group("a", "c", 3)]))]);
    const head: FeedAction = {
      kind: "head",
      page: groups([group("a", "f", 4), group("d", "e", 2)]),
      hold: false,
    };
    const state = feedReducer(first, head);
    expect(shown(state)).toEqual([
      ["a", "f"],
      ["d", "e"],
    ]);
    expect([...state.arrived]).toEqual(["a"]);
  });

  test("what lies before the newest page stays, and its last group is told once", () => {
    const first = run([
      loaded(groups([group("g", "h", 2), group("e", "f", 2)], "e")),
      { kind: "loaded-older", page: groups([group("c", "d", 2), group("a", "b", 2)]) },
    ]);
    // The new page ends within the group that began with e.
    const head: FeedAction = {
      kind: "head",
      page: groups([group("i", "i", 1), group("g", "h", 2), group("f", "f", 1)], "f"),
      hold: false,
    };
    expect(shown(feedReducer(first, head)).map(([id]) => id)).toEqual(["i", "g", "e", "c", "a"]);
  });

  test("two groups that have become one are one", () => {
    const first = run([loaded(groups([group("c", "d", 2), group("a", "b", 2)]))]);
    const head: FeedAction = { kind: "head", page: groups([group("a", "d", 5)]), hold: false };
    expect(shown(feedReducer(first, head))).toEqual([["a", "d"]]);
  });
});

describe("the line of the last visit", () => {
  const lineOf = (unseen: readonly (boolean | undefined)[]) =>
    visitLineAt(unseen.map((each, index) => item(String(index), { unseen: each })));

  test("stands before the first line that was seen, and nowhere when all is new or nothing", () => {
    expect(lineOf([true, true, false])).toBe(2);
    expect(lineOf([true, false, true, false])).toBe(3);
    expect(lineOf([false, false])).toBe(-1);
    expect(lineOf([true, true])).toBe(-1);
    expect(lineOf([undefined, undefined]), "without marks").toBe(-1);
  });
});
