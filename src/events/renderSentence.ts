import type { EntityRef } from "./entity.ts";
import type { Sentence } from "./sentence.ts";

/** A part of a sentence ready for display: who reads it is decided, and where it leads. */
export interface DisplayPart {
  readonly text: string;
  /** The entity that the text names. Absent for plain words. */
  readonly entity?: EntityRef | undefined;
  /** Where the text leads. Absent for plain words and for entities that are gone or have no page. */
  readonly url?: string | undefined;
}

/** What can be rendered: what a definition wrote, or a feed item's `sentence`, which knows its addresses. */
export type RenderableSentence =
  Sentence | readonly (DisplayPart & { readonly isActor?: boolean | undefined })[];

export interface RenderOptions {
  /** Who reads: their own deeds become "You", mentions of them "you" or "yourself". Default: nobody in particular. */
  viewer?: { readonly type: string; readonly id: string } | undefined;
  /** Where an entity is seen, or null when it is gone or has no page. Default: where a feed item says, or nowhere. */
  urlOf?: ((entity: EntityRef) => string | null) | undefined;
}

/** Decides each part's words for the reader. The other renderings are made from this. */
export function displayParts(sentence: RenderableSentence, options: RenderOptions = {}): DisplayPart[] {
  const actor = sentence.find(isActor);
  return sentence.map((part, index) => {
    const entity = entityOf(part);
    if (entity === undefined) return { text: "text" in part ? part.text : "" };
    const known = "url" in part ? part.url : undefined;
    const url = options.urlOf ? (options.urlOf(entity) ?? undefined) : known;
    const isReader = sameEntity(entity, options.viewer);
    return {
      text: isReader ? wordForReader(index, isActor(part), actor && entityOf(actor), entity) : nameOf(entity),
      entity,
      ...(url !== undefined && isSafeUrl(url) && { url }),
    };
  });
}

type Part = RenderableSentence[number];

function entityOf(part: Part): EntityRef | undefined {
  return "entity" in part ? part.entity : undefined;
}

function isActor(part: Part): boolean {
  return "isActor" in part && part.isActor === true;
}

function nameOf({ type, id, label }: EntityRef): string {
  return label ?? `${type.replaceAll("_", " ")} ${id}`;
}

function wordForReader(
  index: number,
  readerActs: boolean,
  actor: EntityRef | undefined,
  reader: EntityRef,
): string {
  if (index === 0) return "You";
  return sameEntity(reader, actor) && !readerActs ? "yourself" : "you";
}

function sameEntity(entity: EntityRef, other: { readonly type: string; readonly id: string } | undefined) {
  return other !== undefined && entity.type === other.type && entity.id === other.id;
}

export function renderText(sentence: RenderableSentence, options: RenderOptions = {}): string {
  return displayParts(sentence, options)
    .map((part) => part.text)
    .join("");
}

/** HTML that is safe to insert: every label, word and address is escaped, and only http(s) and local links survive. */
export function renderHtml(sentence: RenderableSentence, options: RenderOptions = {}): string {
  return displayParts(sentence, options)
    .map(({ text, url }) =>
      url === undefined ? escapeHtml(text) : `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`,
    )
    .join("");
}

/** Slack's mrkdwn. Local addresses are left out of links, because Slack cannot open them. */
export function renderSlack(sentence: RenderableSentence, options: RenderOptions = {}): string {
  return displayParts(sentence, options)
    .map(({ text, url }) =>
      url === undefined || !/^https?:/i.test(url)
        ? escapeSlack(text)
        : `<${slackUrl(url)}|${escapeSlack(text).replaceAll("|", "¦")}>`,
    )
    .join("");
}

/** True for http(s) and local addresses: what may become a link, whoever wrote it. */
export function isSafeUrl(url: string): boolean {
  return (
    /^(https?:\/\/|\/(?!\/)|\.{0,2}\/|[#?])/i.test(url) && !url.startsWith("//") && !url.startsWith("/\\")
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Slack asks for these three and no others: https://docs.slack.dev/messaging/formatting-message-text */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** What would end the address or the link is percent-encoded; the rest stays as given, it may be encoded already. */
function slackUrl(url: string): string {
  return escapeSlack(url.replace(/[\s|<>]/g, encodeURIComponent));
}
