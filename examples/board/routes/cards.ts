import { Hono } from "hono";
import { z } from "zod";
import { addCard } from "../domain/addCard.ts";
import { assignCard } from "../domain/assignCard.ts";
import { closeCard } from "../domain/closeCard.ts";
import { commentOnCard } from "../domain/commentOnCard.ts";
import { moveCard } from "../domain/moveCard.ts";
import { NotFound } from "../domain/notFound.ts";
import { readComments } from "../domain/readComments.ts";
import { renameCard } from "../domain/renameCard.ts";
import { reopenCard } from "../domain/reopenCard.ts";
import { setDueDate } from "../domain/setDueDate.ts";
import { personOf } from "../person.ts";
import { change } from "./change.ts";
import { json } from "./json.ts";

const title = z.string().trim().min(1, "A card needs a title.").max(200);
const body = z.string().trim().min(1, "A comment needs words.").max(5_000);
const id = z.string().max(100);

export const cards = new Hono()
  .post("/", json(z.object({ columnId: id, title })), async (c) => {
    const card = c.req.valid("json");
    return c.json(await change(c.req.raw, addCard, card), 201);
  })
  .post("/:id/move", json(z.object({ columnId: id, index: z.int().min(0) })), async (c) => {
    const place = c.req.valid("json");
    return c.json(await change(c.req.raw, moveCard, { cardId: cardId(c), ...place }));
  })
  .post("/:id/rename", json(z.object({ title })), async (c) => {
    const { title } = c.req.valid("json");
    return c.json(await change(c.req.raw, renameCard, { cardId: cardId(c), title }));
  })
  .post("/:id/close", json(z.object({})), async (c) =>
    c.json(await change(c.req.raw, closeCard, { cardId: cardId(c) })),
  )
  .post("/:id/reopen", json(z.object({})), async (c) =>
    c.json(await change(c.req.raw, reopenCard, { cardId: cardId(c) })),
  )
  .post("/:id/assign", json(z.object({ memberId: id.nullable() })), async (c) => {
    const { memberId } = c.req.valid("json");
    return c.json(await change(c.req.raw, assignCard, { cardId: cardId(c), memberId }));
  })
  .post("/:id/due", json(z.object({ due: z.iso.date().nullable() })), async (c) => {
    const { due } = c.req.valid("json");
    return c.json(await change(c.req.raw, setDueDate, { cardId: cardId(c), due }));
  })
  .get("/:id/comments", async (c) => c.json(await readComments(cardId(c))))
  .post("/:id/comments", json(z.object({ body })), async (c) => {
    const { body } = c.req.valid("json");
    const { id: authorId } = await personOf(c.req.raw);
    return c.json(await change(c.req.raw, commentOnCard, { cardId: cardId(c), authorId, body }), 201);
  });

/** The largest integer of PostgreSQL has ten digits; anything that is not a number is no card either. */
function cardId(c: { req: { param(name: "id"): string } }): number {
  const text = c.req.param("id");
  const number = Number(text);
  if (!/^\d{1,10}$/.test(text) || number > 2_147_483_647) throw new NotFound("card", text);
  return number;
}
