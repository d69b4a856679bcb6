import { addCard } from "../domain/addCard.ts";
import { addColumn } from "../domain/addColumn.ts";
import { assignCard } from "../domain/assignCard.ts";
import { closeCard } from "../domain/closeCard.ts";
import { commentOnCard } from "../domain/commentOnCard.ts";
import { createBoard } from "../domain/createBoard.ts";
import { inviteMember } from "../domain/inviteMember.ts";
import { moveCard } from "../domain/moveCard.ts";
import { renameCard } from "../domain/renameCard.ts";
import { setDueDate } from "../domain/setDueDate.ts";
import { user } from "../entities.ts";
import { tidings } from "../tidings.ts";
import { db, type Tx } from "./database.ts";
import { dayFromNow, minutesAgo, onDay } from "./sampleTime.ts";

const boardId = "launch";
const names = { ann: "Ann", ben: "Ben", chloe: "Chloe" };
type Who = keyof typeof names;

/**
 * Fills an empty database with a week of work, by the same actions that the page performs: what the feed tells about the past is
 * what the tables hold. One transaction, so a start that is interrupted leaves nothing behind.
 */
export async function seed(): Promise<void> {
  const { rows } = await db.query<{ empty: boolean }>("select not exists (select from boards) as empty");
  if (rows[0]?.empty !== true) return;
  await db.transaction(async (tx) => {
    const week = writeHistory(tx);
    await week.firstDay();
    await week.nextDays();
    await week.yesterday();
    await week.today();
  });
}

function writeHistory(tx: Tx) {
  const ids = new Map<string, number>();
  const cardId = (title: string) => ids.get(title)!;
  const by = (who: Who, occurredAt: Date) => ({ actor: user(who, names[who]), occurredAt });

  const add = async (who: Who, at: Date, columnId: string, title: string) => {
    const { result } = await tidings.perform(tx, addCard, { columnId, title }, by(who, at));
    ids.set(title, result.id);
  };
  const move = (who: Who, at: Date, title: string, columnId: string, index = 0) =>
    tidings.perform(tx, moveCard, { cardId: cardId(title), columnId, index }, by(who, at));
  const assign = (who: Who, at: Date, title: string, memberId: Who) =>
    tidings.perform(tx, assignCard, { cardId: cardId(title), memberId }, by(who, at));
  const due = (who: Who, at: Date, title: string, day: string) =>
    tidings.perform(tx, setDueDate, { cardId: cardId(title), due: day }, by(who, at));
  const comment = (who: Who, at: Date, title: string, body: string) =>
    tidings.perform(tx, commentOnCard, { cardId: cardId(title), authorId: who, body }, by(who, at));
  const close = (who: Who, at: Date, title: string) =>
    tidings.perform(tx, closeCard, { cardId: cardId(title) }, by(who, at));
  const invite = (who: Who, at: Date, name: string) =>
    tidings.perform(tx, inviteMember, { boardId, name }, by(who, at));

  return {
    async firstDay() {
      const columns = [
        { id: "todo", name: "To do" },
        { id: "doing", name: "Doing" },
        { id: "review", name: "Review" },
      ];
      const owner = { id: "ann", name: "Ann", hue: 255 };
      const firstDay = (time: string) => onDay(-4, time);
      const launch = { id: boardId, name: "Launch week", owner, columns };
      await tidings.perform(tx, createBoard, launch, by("ann", firstDay("09:02")));
      await invite("ann", firstDay("09:04"), "Ben");
      await invite("ann", firstDay("09:04"), "Chloe");
      await add("ann", firstDay("09:10"), "todo", "Book the venue for Friday evening");
      await add("ben", firstDay("09:31"), "todo", "Freeze the database schema");
      await add("ben", firstDay("09:33"), "todo", "Rate limits for the public API");
      await add("chloe", firstDay("10:05"), "todo", "Home page, final copy");
      await add("ann", firstDay("10:20"), "todo", "Status page and incident template");
      await assign("ann", firstDay("10:21"), "Book the venue for Friday evening", "ann");
      await assign("ben", firstDay("11:02"), "Freeze the database schema", "ben");
      await move("ben", firstDay("11:02"), "Freeze the database schema", "doing");
      const done = { boardId, id: "done", name: "Done" };
      await tidings.perform(tx, addColumn, done, by("ann", firstDay("15:46")));
      await move("ann", firstDay("15:47"), "Book the venue for Friday evening", "done");
    },

    async nextDays() {
      await close("ann", onDay(-3, "09:12"), "Book the venue for Friday evening");
      await add("chloe", onDay(-3, "10:02"), "todo", "Record the two-minute demo");
      await add("ben", onDay(-3, "11:18"), "todo", "Login broken");
      await assign("ben", onDay(-3, "11:19"), "Login broken", "ben");
      await move("ben", onDay(-3, "16:30"), "Freeze the database schema", "done");
      await add("ann", onDay(-2, "09:03"), "todo", "Translate the welcome mail");
      await add("ann", onDay(-2, "09:05"), "todo", "Agree the weekend support rota");
      await add("chloe", onDay(-2, "09:20"), "todo", "Write the press note");
      await add("ben", onDay(-2, "09:20"), "todo", "Rehearse the rollback once");
      await assign("chloe", onDay(-2, "09:21"), "Home page, final copy", "chloe");
      await move("chloe", onDay(-2, "09:21"), "Home page, final copy", "doing");
      await assign("ann", onDay(-2, "10:12"), "Rate limits for the public API", "ben");
      await move("ben", onDay(-2, "10:40"), "Rate limits for the public API", "doing");
      const better = { cardId: cardId("Login broken"), title: "Fix the flaky login test" };
      await tidings.perform(tx, renameCard, better, by("ben", onDay(-2, "14:22")));
      ids.set("Fix the flaky login test", cardId("Login broken"));
      await assign("ann", onDay(-2, "16:05"), "Status page and incident template", "ann");
    },

    async yesterday() {
      const yesterday = (time: string) => onDay(-1, time);
      await close("ben", yesterday("08:55"), "Freeze the database schema");
      await add("ben", yesterday("09:07"), "todo", "Load-test the import with 50,000 rows");
      await add("chloe", yesterday("09:15"), "todo", "Thank the beta testers by name");
      await add("chloe", yesterday("09:18"), "todo", "Measure the sign-up on a slow phone");
      await add("ann", yesterday("09:26"), "done", "Move the docs to their own domain");
      await assign("ann", yesterday("09:27"), "Move the docs to their own domain", "ben");
      await assign("ann", yesterday("09:40"), "Translate the welcome mail", "ann");
      await due("ann", yesterday("09:41"), "Translate the welcome mail", dayFromNow(-1));
      await move("ann", yesterday("09:41"), "Translate the welcome mail", "doing");
      await assign("chloe", yesterday("10:02"), "Record the two-minute demo", "chloe");
      await due("chloe", yesterday("10:02"), "Record the two-minute demo", dayFromNow(0));
      await move("chloe", yesterday("11:15"), "Home page, final copy", "review");
      await comment(
        "ann",
        yesterday("13:30"),
        "Home page, final copy",
        "Reads well. Could the headline say what it does, not what it is?",
      );
      await comment(
        "chloe",
        yesterday("13:52"),
        "Home page, final copy",
        "Yes. New one is in, together with a shorter second paragraph.",
      );
      await move("ben", yesterday("15:10"), "Fix the flaky login test", "doing");
      await due("ben", yesterday("15:11"), "Fix the flaky login test", dayFromNow(1));
      await comment(
        "ben",
        yesterday("16:48"),
        "Fix the flaky login test",
        "It only fails when the clock passes midnight. Looking at the session expiry.",
      );
    },

    async today() {
      await due("ann", minutesAgo(340), "Home page, final copy", dayFromNow(0));
      await move("ann", minutesAgo(322), "Status page and incident template", "review", 1);
      await assign("ann", minutesAgo(300), "Write the press note", "chloe");
      await due("chloe", minutesAgo(296), "Write the press note", dayFromNow(2));
      await due("ben", minutesAgo(271), "Rehearse the rollback once", dayFromNow(1));
      await add("ann", minutesAgo(244), "todo", "Turn off the old pricing page");
      await comment(
        "ann",
        minutesAgo(205),
        "Fix the flaky login test",
        "Does it need a fix before the launch, or is it only the test?",
      );
      await comment(
        "ben",
        minutesAgo(198),
        "Fix the flaky login test",
        "Only the test. Real sessions are renewed long before that.",
      );
      await assign("ben", minutesAgo(163), "Rehearse the rollback once", "ben");
      await assign("ben", minutesAgo(161), "Load-test the import with 50,000 rows", "ben");
      await move("ben", minutesAgo(160), "Rate limits for the public API", "review", 1);
      await assign("ann", minutesAgo(97), "Agree the weekend support rota", "ann");
      await due("ann", minutesAgo(96), "Agree the weekend support rota", dayFromNow(3));
      await comment(
        "chloe",
        minutesAgo(58),
        "Write the press note",
        "Draft is in the shared folder. The quote from the pilot customer is still missing.",
      );
      await assign("chloe", minutesAgo(41), "Thank the beta testers by name", "chloe");
      await move("chloe", minutesAgo(26), "Record the two-minute demo", "doing");
      await comment(
        "ben",
        minutesAgo(12),
        "Rate limits for the public API",
        "Ready for another pair of eyes: 600 requests a minute, with the headers documented.",
      );
      await move("ben", minutesAgo(4), "Load-test the import with 50,000 rows", "doing", 1);
    },
  };
}
