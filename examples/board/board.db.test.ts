import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ActionDefinition, type ActionShape, renderText } from "../../src/index.ts";
import type { Tx } from "./database/database.ts";

process.env["BOARD_DATA"] = ":memory:";
const { closeDatabase, createTables, db } = await import("./database/database.ts");
const { account, tidings } = await import("./tidings.ts");
const { user } = await import("./entities.ts");
const events = await import("./events.ts");
const { seed } = await import("./database/seed.ts");
const { readBoard } = await import("./domain/readBoard.ts");
const { readComments } = await import("./domain/readComments.ts");
const { addCard } = await import("./domain/addCard.ts");
const { addColumn } = await import("./domain/addColumn.ts");
const { assignCard } = await import("./domain/assignCard.ts");
const { closeCard } = await import("./domain/closeCard.ts");
const { commentOnCard } = await import("./domain/commentOnCard.ts");
const { inviteMember } = await import("./domain/inviteMember.ts");
const { moveCard } = await import("./domain/moveCard.ts");
const { renameCard } = await import("./domain/renameCard.ts");
const { reopenCard } = await import("./domain/reopenCard.ts");
const { setDueDate } = await import("./domain/setDueDate.ts");

const boardId = "launch";

beforeAll(async () => {
  await createTables();
  await tidings.migrate();
  await seed();
});
afterAll(closeDatabase);

/** Performs an action as Ann and tells which sentences it added to the feed. */
async function sentencesOf<Shape extends ActionShape>(
  action: ActionDefinition<Shape, Tx>,
  input: Shape["input"],
): Promise<string[]> {
  const before = await feed();
  const known = new Set(before.map((item) => item.id));
  await tidings.perform(action, input, ann);
  const added = (await feed()).filter((item) => !known.has(item.id));
  return added.map((item) => `${item.type}: ${item.text}`);
}

async function feed() {
  return (await tidings.feed({ account, limit: 200 })).items;
}

const ann = { account, actor: user("ann", "Ann") };

/** A fresh card at the bottom of a column, so that each test has one of its own. */
async function newCard(title: string, columnId = "todo"): Promise<number> {
  const { result } = await tidings.perform(addCard, { columnId, title }, ann);
  return result.id;
}

async function cardsOf(columnId: string): Promise<number[]> {
  const { columns } = await readBoard(boardId);
  return columns.find((column) => column.id === columnId)!.cards.map((card) => card.id);
}

async function cardOf(id: number) {
  const { columns } = await readBoard(boardId);
  return columns.flatMap((column) => column.cards).find((card) => card.id === id)!;
}

describe("each action changes the board and records what it did", () => {
  test("adding a card", async () => {
    expect(await sentencesOf(addCard, { columnId: "todo", title: "Buy balloons" })).toEqual([
      "card.added: Ann added Buy balloons to To do",
    ]);
    const { columns } = await readBoard(boardId);
    expect(columns[0]!.cards.at(-1)).toMatchObject({ title: "Buy balloons", comments: 0, closed: false });
  });

  test("moving a card to another column puts it at the place asked for", async () => {
    const id = await newCard("Travel");
    expect(await sentencesOf(moveCard, { cardId: id, columnId: "doing", index: 1 })).toEqual([
      "card.moved: Ann moved Travel from To do to Doing",
    ]);
    expect((await cardsOf("doing"))[1]).toBe(id);
    expect(await cardsOf("todo")).not.toContain(id);
  });

  test("moving a card within its column says in which direction", async () => {
    const id = await newCard("Climb", "review");
    const place = (index: number) => sentencesOf(moveCard, { cardId: id, columnId: "review", index });
    expect(await place(0)).toEqual(["card.reordered: Ann moved Climb to the top of Review"]);
    expect(await place(2)).toEqual(["card.reordered: Ann moved Climb down in Review"]);
    expect(await place(1)).toEqual(["card.reordered: Ann moved Climb up in Review"]);
    expect(await place(999)).toEqual(["card.reordered: Ann moved Climb to the bottom of Review"]);
    expect((await cardsOf("review")).at(-1)).toBe(id);
  });

  test("renaming a card also renames it in what the feed tells about the past", async () => {
    const id = await newCard("Old name");
    expect(await sentencesOf(renameCard, { cardId: id, title: "New name" })).toEqual([
      "card.renamed: Ann renamed “Old name” to New name",
    ]);
    const texts = (await feed()).map((item) => item.text);
    expect(texts).toContain("Ann added New name to To do");
    expect(texts).not.toContain("Ann added Old name to To do");
  });

  test("closing and reopening a card", async () => {
    const id = await newCard("Door");
    expect(await sentencesOf(closeCard, { cardId: id })).toEqual(["card.closed: Ann closed Door"]);
    expect((await cardOf(id)).closed).toBe(true);
    expect(await sentencesOf(reopenCard, { cardId: id })).toEqual(["card.reopened: Ann reopened Door"]);
    expect((await cardOf(id)).closed).toBe(false);
  });

  test("assigning a card to another one, to oneself and to nobody", async () => {
    const id = await newCard("Chair");
    const give = (memberId: string | null) => sentencesOf(assignCard, { cardId: id, memberId });
    expect(await give("ben")).toEqual(["card.assigned: Ann assigned Chair to Ben"]);
    expect(await give("ann")).toEqual(["card.assigned: Ann took on Chair"]);
    expect(await give(null)).toEqual(["card.unassigned: Ann took Chair from Ann"]);
    expect((await cardOf(id)).assigneeId).toBeNull();
  });

  test("setting and clearing a due date", async () => {
    const id = await newCard("Deadline");
    const set = (due: string | null) => sentencesOf(setDueDate, { cardId: id, due });
    expect(await set("2026-11-27")).toEqual(["card.due_date_set: Ann set Deadline due on 27 November"]);
    expect((await cardOf(id)).due).toBe("2026-11-27");
    expect(await set(null)).toEqual(["card.due_date_cleared: Ann removed the due date of Deadline"]);
  });

  test("commenting keeps the whole comment in the app and an excerpt in the event", async () => {
    const id = await newCard("Discussion");
    const body = "word ".repeat(100).trim();
    const [sentence] = await sentencesOf(commentOnCard, { cardId: id, authorId: "ann", body });
    expect(sentence).toBe(`comment.added: Ann commented on Discussion: “${"word ".repeat(20).trim()}…”`);
    expect(await readComments(id)).toMatchObject([{ authorId: "ann", body }]);
    expect((await cardOf(id)).comments).toBe(1);
  });

  test("inviting a member and adding a column", async () => {
    expect(await sentencesOf(inviteMember, { boardId, name: "Dora" })).toEqual([
      "member.invited: Ann invited Dora to Launch week",
    ]);
    expect(await sentencesOf(addColumn, { boardId, name: "Later" })).toEqual([
      "column.added: Ann added the column Later",
    ]);
    const board = await readBoard(boardId);
    expect(board.members.at(-1)).toMatchObject({ id: "dora", name: "Dora" });
    expect(board.columns.at(-1)).toMatchObject({ name: "Later", cards: [] });
  });
});

test("nothing is recorded when nothing changes, neither an event nor an action", async () => {
  const id = await newCard("Still");
  const at = (await cardsOf("todo")).indexOf(id);
  const everything = () => tidings.events.count({ account, lanes: ["domain", "system"] });
  const before = await everything();
  const idle = [
    () => tidings.perform(moveCard, { cardId: id, columnId: "todo", index: at }, ann),
    () => tidings.perform(moveCard, { cardId: id, columnId: "todo", index: 999 }, ann),
    () => tidings.perform(renameCard, { cardId: id, title: "Still" }, ann),
    () => tidings.perform(reopenCard, { cardId: id }, ann),
    () => tidings.perform(assignCard, { cardId: id, memberId: null }, ann),
    () => tidings.perform(setDueDate, { cardId: id, due: null }, ann),
    () => tidings.perform(inviteMember, { boardId, name: "Ben" }, ann),
  ];
  for (const perform of idle)
    expect(await perform()).toMatchObject({ event: null, result: { recorded: [] } });
  expect(await everything()).toBe(before);
});

test("a transaction that fails after the action leaves neither the change nor the event", async () => {
  const id = await newCard("Doomed move");
  const before = await feed();
  const failing = async (tx: Tx) => {
    await tidings.perform(tx, moveCard, { cardId: id, columnId: "done", index: 0 }, ann);
    throw new Error("the next step of the same request failed");
  };
  await expect(db.transaction(failing)).rejects.toThrow("next step");
  expect(await cardsOf("done")).not.toContain(id);
  expect((await feed()).map((item) => item.id)).toEqual(before.map((item) => item.id));
});

test("nobody changes anything", async () => {
  const id = await newCard("Still open");
  const byNobody = tidings.perform(closeCard, { cardId: id }, { account });
  await expect(byNobody).rejects.toMatchObject({ code: "ACTOR_MISSING" });
  expect((await cardOf(id)).closed).toBe(false);
});

test("a card, column or member that is not there is refused", async () => {
  const id = await newCard("Lost");
  const wrong = [
    () => tidings.perform(closeCard, { cardId: 999_999 }, ann),
    () => tidings.perform(moveCard, { cardId: id, columnId: "nowhere", index: 0 }, ann),
    () => tidings.perform(assignCard, { cardId: id, memberId: "nobody" }, ann),
    () => tidings.perform(addCard, { columnId: "nowhere", title: "x" }, ann),
    () => tidings.perform(addColumn, { boardId: "none", name: "x" }, ann),
  ];
  for (const perform of wrong) await expect(perform()).rejects.toMatchObject({ name: "NotFound" });
});

test("the history of a new board reads from old to new, and a second start adds nothing to it", async () => {
  const before = await feed();
  await seed();
  expect((await feed()).map((item) => item.id)).toEqual(before.map((item) => item.id));
  const history = before.filter((item) => item.occurredAt < new Date(Date.now() - 60_000));
  const times = history.map((item) => item.occurredAt.getTime());
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(history.at(-1)!.text).toBe("Ann created the board Launch week");
});

describe("the feed in German", () => {
  test("has a sentence of its own for every type, for whoever reads and for the one who did it", async () => {
    const { items, locale } = await tidings.feed({ account, locale: "de-AT", limit: 200 });
    expect(locale).toBe("de");
    expect(new Set(items.map(({ type }) => type)).size).toBe(Object.keys(events).length);
    for (const item of items) {
      expect(item.text).toMatch(/ hat /);
      expect(renderText(item.sentence, { viewer: item.actor })).toMatch(/^Du hast /);
    }
  });

  test("tells groups, too", async () => {
    const { groups } = await tidings.groupedFeed({ account, locale: "de", limit: 200 });
    const several = groups.filter(({ count }) => count > 1);
    expect(several.length).toBeGreaterThan(0);
    for (const { text } of several) expect(text).not.toMatch(/ (and|others) /);
  });
});
