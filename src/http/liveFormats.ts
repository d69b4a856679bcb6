import { z } from "@hono/zod-openapi";
import type { LineHtmlOptions } from "../feed/feedHtml.ts";
import type { FeedItem } from "../feed/feedItem.ts";
import type { PositionedEvent } from "../events/recordedEvent.ts";
import { escapeHtml } from "../events/renderSentence.ts";
import type { Tidings } from "../tidings.ts";
import { feedItemJson } from "./feedSchema.ts";
import { timeZone as checkedTimeZone } from "../feed/timeZone.ts";
import { htmlParameters } from "./htmlQuery.ts";

export const liveFormatParameters = {
  format: z
    .enum(["json", "html", "turbo-stream"])
    .default("json")
    .openapi({
      description:
        "What `data` holds: a LiveItem; an `<article>` as HTML feeds have them; or a `<turbo-stream>` that puts it first in " +
        "`target`, as a message without a name.",
    }),
  target: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,99}$/, "must be the id of an element")
    .default("feed")
    .openapi({ description: "`turbo-stream`: the id of the element that gets the lines." }),
  timeZone: htmlParameters.timeZone.openapi({
    description: "`html`, `turbo-stream`: in which times are written.",
  }),
};

export interface LiveFormatQuery extends LineHtmlOptions {
  readonly format: "json" | "html" | "turbo-stream";
  readonly target: string;
  readonly locale?: string | readonly string[] | undefined;
}

/** What is sent for an event. */
export interface LiveForm {
  /** The same for streams that get the same text. */
  readonly name: string;
  readonly messagesOf: (events: readonly PositionedEvent[]) => Promise<string>;
}

export function liveForm(
  tidings: Pick<Tidings, "items" | "itemHtml" | "registry">,
  query: LiveFormatQuery,
): LiveForm {
  const { format, target, viewer, timeZone } = query;
  if (timeZone !== undefined) checkedTimeZone(timeZone); // before the stream begins, so that the answer can say so
  const locale = tidings.registry.languages.find(query.locale).tag;
  const article = (item: FeedItem) => tidings.itemHtml(item, { viewer, timeZone, locale });
  const write = {
    json: (item: FeedItem, position: number) =>
      message(position, "event", JSON.stringify({ ...feedItemJson(item), position })),
    html: (item: FeedItem, position: number) => message(position, "event", article(item)),
    // Turbo listens to messages without a name only.
    "turbo-stream": (item: FeedItem, position: number) =>
      message(position, undefined, turboStream(target, article(item))),
  }[format];
  const personal = format === "json" ? [] : [viewer?.type, viewer?.id, timeZone, target];
  return {
    name: JSON.stringify([format, locale, ...personal]),
    messagesOf: async (events) => {
      const items = await tidings.items(events, { locale });
      return events.map(({ position }, index) => write(items[index]!, position)).join("");
    },
  };
}

function turboStream(target: string, article: string): string {
  return `<turbo-stream action="prepend" target="${escapeHtml(target)}"><template>${article}</template></turbo-stream>`;
}

/** A server-sent event. Every line of its data is one of the message: a line break in a name must not end it. */
function message(position: number, event: string | undefined, data: string): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `id: ${position}\n${event === undefined ? "" : `event: ${event}\n`}${lines.join("")}\n`;
}
