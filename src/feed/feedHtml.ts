import type { Language } from "../events/language.ts";
import type { Registry } from "../events/registry.ts";
import { displayParts, escapeHtml, type ShownPart } from "../events/renderSentence.ts";
import type { FeedPage } from "./feed.ts";
import type { FeedGroup } from "./feedGroup.ts";
import type { FeedItem } from "./feedItem.ts";
import type { GroupedFeedPage } from "./groupedFeed.ts";
import type { GroupPage } from "./readGroup.ts";
import { timeZone as checkedTimeZone } from "./timeZone.ts";

/** How lines become HTML. */
export interface LineHtmlOptions {
  /** Who reads: "You" and, with their language's verbs, "Du hast". Default: nobody in particular. */
  viewer?: { readonly type: string; readonly id: string } | undefined;
  /** In which times are written: an IANA name. Default UTC. Throws INVALID_TIME_ZONE. */
  timeZone?: string | undefined;
}

/** By name, as `href`, `data-turbo-frame` or `hx-get`. Values are escaped. */
export type HtmlAttributes = { readonly [name: string]: string | number };

export interface FeedHtmlOptions extends LineHtmlOptions {
  /** The `id` of the feed's element. Default `feed`. */
  id?: string | undefined;
  /** `aria-posinset` of the first line: 51 on the second page. Default 1. */
  posinset?: number | undefined;
  /**
   * Makes the link to the next page, which follows the feed in `<nav id="feed-pages">`: its address, or all its attributes.
   * Default: no link.
   */
  older?: ((cursor: string) => string | HtmlAttributes) | undefined;
  /** Makes the address of a group's events, for the link behind it. Default: no link. */
  group?: ((group: FeedGroup) => string) | undefined;
}

/** A feed, a timeline, a grouped feed, or the events of a group. */
export type HtmlPage = FeedPage | GroupedFeedPage | GroupPage;

/** Feeds as HTML for apps that render on the server. Everything is escaped; classes begin with `tidings-`. */
export interface FeedHtml {
  /** `<section role="feed">` with an `<article>` for each line, and `<nav>` where there are older ones. */
  feedHtml(page: HtmlPage, options?: FeedHtmlOptions): string;
  /** One `<article>`: what `GET /live?format=html` sends. `locale` is the page's. */
  itemHtml(item: FeedItem, options?: LineHtmlOptions & { locale?: string | undefined }): string;
}

export function createFeedHtml({ languages }: Registry): FeedHtml {
  return {
    feedHtml: (page, options = {}) => feedHtml(page, languages.find(page.locale), options),
    itemHtml: (item, { locale, ...options } = {}) =>
      itemHtml(item, languages.find(locale), checked(options), undefined),
  };
}

function feedHtml(page: HtmlPage, language: Language, options: FeedHtmlOptions): string {
  const { id = "feed", posinset = 1, older } = checked(options);
  const { labels } = language.options;
  const lines =
    "groups" in page
      ? page.groups.map((group, index) => groupHtml(group, language, options, posinset + index))
      : page.items.map((item, index) => itemHtml(item, language, options, posinset + index));
  const feed = element(
    "section",
    {
      id,
      role: "feed",
      "aria-label": "group" in page ? page.group.text : labels.feed,
      "aria-busy": "false",
      lang: page.locale,
      dir: page.dir,
      ...("position" in page && { "data-position": page.position }),
    },
    `\n${lines.join("\n")}\n`,
  );
  if (older === undefined) return feed;
  // There also when it is empty, so that what replaces it with that of the next page finds it.
  const pages = { id: `${id}-pages`, class: "tidings-pages", lang: page.locale, dir: page.dir };
  if (page.older === null) return `${feed}\n${element("nav", { ...pages, hidden: "" }, "")}`;
  const link = older(page.older);
  const attributes = typeof link === "string" ? { href: link } : link;
  return `${feed}\n${element("nav", pages, element("a", { rel: "next", ...attributes }, escapeHtml(labels.older)))}`;
}

function itemHtml(
  item: FeedItem,
  language: Language,
  options: LineHtmlOptions,
  posinset: number | undefined,
): string {
  const line = { id: `event-${item.id}`, item, unread: item.unread, at: item.occurredAt, posinset, more: "" };
  return lineHtml(line, item.sentence, language, options);
}

function groupHtml(group: FeedGroup, language: Language, options: FeedHtmlOptions, posinset: number): string {
  if (group.count === 1) return itemHtml(group.latest, language, options, posinset);
  const count = escapeHtml(language.options.labels.events(group.count, language.words));
  const more =
    options.group === undefined
      ? ""
      : `\n  ${element("a", { class: "tidings-more", href: options.group(group) }, count)}`;
  const line = {
    id: `group-${group.id}`,
    item: group.latest,
    unread: group.unread === undefined ? undefined : group.unread > 0,
    at: group.lastAt,
    posinset,
    more,
  };
  return lineHtml(line, group.sentence, language, options);
}

interface Line {
  readonly id: string;
  readonly item: FeedItem;
  readonly unread: boolean | undefined;
  readonly at: Date;
  readonly posinset: number | undefined;
  readonly more: string;
}

function lineHtml(
  { id, item, unread, at, posinset, more }: Line,
  sentence: readonly ShownPart[],
  language: Language,
  { viewer, timeZone = "UTC" }: LineHtmlOptions,
): string {
  const mark =
    unread === true
      ? `\n  ${element("span", { class: "tidings-mark" }, escapeHtml(language.options.labels.unread))}`
      : "";
  const said = element("p", { id: `${id}-text`, class: "tidings-sentence" }, sentenceHtml(sentence, viewer));
  const shownAt = language.words.date(at, { dateStyle: "medium", timeStyle: "short", timeZone });
  const time = element("time", { class: "tidings-time", datetime: at.toISOString() }, escapeHtml(shownAt));
  return element(
    "article",
    {
      id,
      class: `tidings-item${unread === true ? " tidings-unread" : ""}`,
      tabindex: 0,
      "aria-labelledby": `${id}-text`,
      // How many lines there are is not known: -1 says so.
      ...(posinset !== undefined && { "aria-posinset": posinset, "aria-setsize": -1 }),
      lang: language.tag,
      dir: language.dir,
      "data-type": item.type,
      "data-severity": item.severity,
    },
    `${mark}\n  ${said}\n  ${time}${more}\n`,
  );
}

/** Names stand by themselves, whichever way they are written: `<bdi>` keeps them from turning the words around them. */
function sentenceHtml(sentence: readonly ShownPart[], viewer: LineHtmlOptions["viewer"]): string {
  return displayParts(sentence, { viewer })
    .map(({ text, entity, url }) => {
      const words = escapeHtml(text);
      if (entity === undefined) return TURNING.test(text) ? `<bdi>${words}</bdi>` : words;
      const name = `<bdi>${words}</bdi>`;
      return url === undefined ? name : element("a", { href: url }, name);
    })
    .join("");
}

/** Characters that turn what follows them around: in words that quote somebody they must not reach further than these. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/;

function element(name: string, attributes: HtmlAttributes, content: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeHtml(String(value))}"`);
  return `<${name}${written.join("")}>${content}</${name}>`;
}

function checked<Options extends LineHtmlOptions>(options: Options): Options {
  if (options.timeZone !== undefined) checkedTimeZone(options.timeZone);
  return options;
}
