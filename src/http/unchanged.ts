import { createHash } from "node:crypto";
import type { Context } from "hono";

/**
 * Sets the ETag of a page and tells whether the client already has it (then answer 304).
 *
 * The tag is a hash of what the page shows, not of what it was asked from: titles come from `load` and sentences from
 * code, so they change without any event. `position` is left out, because it moves with every event of every account,
 * and an older one is as good a place to follow the log from; but it must not grow so old that retention has
 * passed it, so a tag holds for one day.
 */
export function unchanged(c: Context, body: object): boolean {
  const shown = { ...body, position: undefined };
  const today = new Date().toISOString().slice(0, 10);
  const hash = createHash("sha256").update(today).update(JSON.stringify(shown)).digest("base64url");
  const tag = `W/"${hash.slice(0, 27)}"`;
  c.header("etag", tag);
  const known = c.req.header("if-none-match")?.split(",") ?? [];
  return known.some((each) => weak(each.trim()) === tag || each.trim() === "*");
}

function weak(tag: string): string {
  return tag.startsWith("W/") ? tag : `W/${tag}`;
}
