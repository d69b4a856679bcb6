import { History } from "lucide-react";
import { CodeToCopy } from "../../shared/CodeToCopy.tsx";

const EXAMPLE = `export const createUser = defineAction("user.create", {
  kind: "create",
  input: z.object({ name: z.string() }),
  subject: (input, ctx) => user(ctx.id(), input.name),
  run: async (input, ctx) => insertUser(ctx.tx, ctx.id(), input),
});

createTidings({ db, events, actions: { createUser } });
await tidings.perform(createUser, { name: "Ann" });`;

/** What this page is for, and the code that fills it. */
export function NothingToReplay() {
  return (
    <div className="empty">
      <History size={24} strokeWidth={1.75} aria-hidden />
      <h2>Nothing can be replayed yet</h2>
      <p>
        An action is a change of your own tables whose input is recorded. From the recorded inputs the tables
        can be made again: to prove that they are right, to see how they were, or to put a mistake right.
      </p>
      <CodeToCopy text={EXAMPLE} what="the example" />
    </div>
  );
}
