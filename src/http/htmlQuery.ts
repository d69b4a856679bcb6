import type { Context } from "hono";
import { z } from "@hono/zod-openapi";
import type { FeedHtmlOptions } from "../feed/feedHtml.ts";
import type { ApiEnv } from "./api.ts";
import { timeZoneParameter } from "./timeZoneQuery.ts";

/** What only a page in HTML asks for. */
export const htmlParameters = {
  timeZone: timeZoneParameter
    .optional()
    .openapi({ description: "`text/html`: in which times are written. Default UTC." }),
  posinset: z
    .string()
    .regex(/^[1-9][0-9]{0,8}$/, "must be a whole number from 1")
    .transform(Number)
    .optional()
    .openapi({
      type: "integer",
      minimum: 1,
      default: 1,
      description: "`text/html`: the `aria-posinset` of the first line: 51 on a second page.",
    }),
};

export interface HtmlQuery {
  readonly timeZone?: string | undefined;
  readonly posinset?: number | undefined;
}

/** A query without what only HTML asks for, which reads do not take. */
export function withoutHtml<Query extends HtmlQuery>(query: Query) {
  const { timeZone: _timeZone, posinset: _posinset, ...rest } = query;
  return rest;
}

/** A page as HTML for the one who asks; its links lead to the same query. */
export function htmlOptions(
  c: Context<ApiEnv>,
  { timeZone, posinset = 1 }: HtmlQuery,
  lines: number,
): FeedHtmlOptions {
  const address = new URL(c.req.url);
  return {
    viewer: c.get("identity").actor,
    timeZone,
    posinset,
    older: (cursor) => {
      const query = new URLSearchParams(address.search);
      query.delete("after");
      query.set("before", cursor);
      query.set("posinset", String(posinset + lines));
      return `${address.pathname}?${query}`;
    },
    group: ({ id, latest }) => {
      const query = new URLSearchParams(address.search);
      for (const name of ["before", "after", "limit", "posinset", "marks"]) query.delete(name);
      query.set("newest", latest.id);
      return `${address.pathname.replace(/\/+$/, "")}/${id}?${query}`;
    },
  };
}
