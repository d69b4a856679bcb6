import { PGlite } from "@electric-sql/pglite";
import { test } from "vitest";
import { z } from "zod";
import { pglite } from "./db/pglite.ts";
import { createTidings, defineAction, defineEntity, defineEvent } from "./index.ts";
test("x", { timeout: 120000 }, async () => {
  const card = defineEntity("card"); const user = defineEntity("user");
  const moved = defineEvent("card.moved", { subject: card, data: z.object({ to: z.string() }) });
  const move = defineAction("card.move", { kind: "update", input: z.object({ to: z.string() }), subject: () => card("1"), run: (i) => { console.log("ran", i); } });
  const t = createTidings({ db: pglite(new PGlite()), events: { moved, user }, actions: { move }, account: "a" });
  await t.migrate();
  await t.record(moved({ subject: card("1"), data: { to: "x" }, actor: user("1") }));
  const into = pglite(new PGlite());
  console.log(JSON.stringify(await t.replay({ into, routes: [{ from: moved, to: { action: move, input: (s) => { console.log("given", s); return s; } } }] }).catch((e: any) => [e.message, e.cause?.stack])));
});
