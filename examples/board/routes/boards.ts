import { Hono } from "hono";
import { z } from "zod";
import { addColumn } from "../domain/addColumn.ts";
import { inviteMember } from "../domain/inviteMember.ts";
import { readBoard } from "../domain/readBoard.ts";
import { change } from "./change.ts";
import { json } from "./json.ts";

const columnName = z.string().trim().min(1, "A column needs a name.").max(60);
const memberName = z.string().trim().regex(/\p{L}/u, "A name needs a letter.").max(60);

export const boards = new Hono()
  .get("/:id", async (c) => c.json(await readBoard(c.req.param("id"))))
  .post("/:id/columns", json(z.object({ name: columnName })), async (c) => {
    const { name } = c.req.valid("json");
    return c.json(await change(c.req.raw, (tx) => addColumn(tx, { boardId: c.req.param("id"), name })), 201);
  })
  .post("/:id/members", json(z.object({ name: memberName })), async (c) => {
    const { name } = c.req.valid("json");
    return c.json(
      await change(c.req.raw, (tx) => inviteMember(tx, { boardId: c.req.param("id"), name })),
      201,
    );
  });
