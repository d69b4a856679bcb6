import { Hono } from "hono";
import { z } from "zod";
import { addColumn } from "../domain/addColumn.ts";
import { inviteMember } from "../domain/inviteMember.ts";
import { readBoard } from "../domain/readBoard.ts";
import { readStatistics } from "../domain/readStatistics.ts";
import { account, tidings } from "../tidings.ts";
import { change } from "./change.ts";
import { json } from "./json.ts";

const columnName = z.string().trim().min(1, "A column needs a name.").max(60);
const memberName = z.string().trim().regex(/\p{L}/u, "A name needs a letter.").max(60);

export const boards = new Hono()
  .get("/:id", async (c) => c.json(await readBoard(c.req.param("id"))))
  .get("/:id/statistics", async (c) => {
    // What the page has seen on its live stream, the figures hold too; before it saw anything, what the log holds now.
    const seen = z.coerce.number().int().min(0).catch(0).parse(c.req.query("position"));
    const position = seen || (await tidings.feed({ limit: 1 })).position;
    for (const name of ["statistics", "burn_up"]) await tidings.projections.waitFor(name, { position });
    return c.json(await readStatistics(account, c.req.param("id")));
  })
  .post("/:id/columns", json(z.object({ name: columnName })), async (c) => {
    const { name } = c.req.valid("json");
    return c.json(await change(c.req.raw, addColumn, { boardId: c.req.param("id"), name }), 201);
  })
  .post("/:id/members", json(z.object({ name: memberName })), async (c) => {
    const { name } = c.req.valid("json");
    return c.json(await change(c.req.raw, inviteMember, { boardId: c.req.param("id"), name }), 201);
  });
