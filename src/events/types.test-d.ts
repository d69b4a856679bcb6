import { z } from "zod";
import { defineEntity, many, oneOf, optional } from "./entity.ts";
import { defineEvent } from "./defineEvent.ts";
import { sentence } from "./sentence.ts";
import { from } from "./upcast.ts";
const board = defineEntity("board");
const column = defineEntity("column");
const card = defineEntity("card");
const user = defineEntity("user");
const v1 = z.object({ index: z.number() });
const v2 = z.object({ at: z.number() });
const moved = defineEvent("card.moved", {
  version: 3,
  subject: card,
  refs: { from: column, to: column, board, by: optional(user), seen: many(user) },
  data: z.object({ position: z.number().int() }),
  upcast: { 1: from(v1, (old) => ({ at: old.index })), 2: from(v2, (old) => ({ position: old.at })) },
  sentence: (e) =>
    sentence`${e.actor} moved ${e.subject} from ${e.refs.from} to ${e.refs.to} ${e.refs.by} ${e.refs.seen} ${e.data.position}`,
});
moved({
  subject: card(1),
  refs: { from: column(1), to: column(2), board: board(1), seen: [] },
  data: { position: 1 },
});
// @ts-expect-error wrong entity
moved({
  subject: board(1),
  refs: { from: column(1), to: column(2), board: board(1), seen: [] },
  data: { position: 1 },
});
// @ts-expect-error wrong entity in role
moved({
  subject: card(1),
  refs: { from: card(1), to: column(2), board: board(1), seen: [] },
  data: { position: 1 },
});
// @ts-expect-error missing role
moved({ subject: card(1), refs: { from: column(1), to: column(2), seen: [] }, data: { position: 1 } });
// @ts-expect-error bad data
moved({
  subject: card(1),
  refs: { from: column(1), to: column(2), board: board(1), seen: [] },
  data: { position: "1" },
});
// @ts-expect-error missing data
moved({ subject: card(1), refs: { from: column(1), to: column(2), board: board(1), seen: [] } });
// @ts-expect-error unknown role
moved({
  subject: card(1),
  refs: { from: column(1), to: column(2), board: board(1), seen: [], other: card(1) },
  data: { position: 1 },
});
const closed = defineEvent("card.closed", { subject: oneOf(card, board) });
closed({ subject: card(1) });
closed({ subject: board(1) });
// @ts-expect-error no data
closed({ subject: card(1), data: { a: 1 } });
// @ts-expect-error no refs
closed({ subject: card(1), refs: { a: card(1) } });
defineEvent("card.a", {
  version: 3,
  subject: card,
  data: z.object({ position: z.number() }),
  // @ts-expect-error step 1 gives what step 2 does not read
  upcast: { 1: from(v1, (old) => ({ wrong: old.index })), 2: from(v2, (old) => ({ position: old.at })) },
});
defineEvent("card.a", {
  version: 2,
  subject: card,
  data: z.object({ position: z.number() }),
  // @ts-expect-error last step gives wrong data
  upcast: { 1: from(v1, (old) => ({ position: String(old.index) })) },
});
