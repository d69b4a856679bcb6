import { english } from "./english.ts";
import type { EntityRef } from "./entity.ts";
import type { EntityPart, Sentence, SentencePart, TextPart } from "./sentence.ts";
import { placeOf, spokenParts } from "./spokenParts.ts";

/** A part of a sentence ready for display: who reads it is decided, and where it leads. */
export interface DisplayPart {
  readonly text: string;
  /** The entity that the text names. Absent for plain words. */
  readonly entity?: EntityRef | undefined;
  /** Where the text leads. Absent for plain words and for entities that are gone or have no page. */
  readonly url?: string | undefined;
}

/** What can be rendered: what a definition wrote, or a feed item's `sentence`, which knows its addresses. */
export type RenderableSentence = Sentence | readonly ShownPart[];

/** A part of a feed item's sentence: shown to nobody in particular, and what it becomes for its reader. */
export interface ShownPart extends DisplayPart {
  /** True for the actor: "You" when the reader is the one. */
  readonly isActor?: boolean | undefined;
  /** What the reader is called here, where that is not "You", "you" or "yourself". */
  readonly forReader?: string | undefined;
  /** Instead of `text` where the reader is the actor: "hast" for "hat". */
  readonly forActor?: string | undefined;
}

export interface RenderOptions {
  /** Who reads: their own deeds become "You", mentions of them "you" or "yourself". Default: nobody in particular. */
  viewer?: { readonly type: string; readonly id: string } | undefined;
  /** Where an entity is seen, or null when it is gone or has no page. Default: where a feed item says, or nowhere. */
  urlOf?: ((entity: EntityRef) => string | null) | undefined;
}

/** Decides each part's words for the reader. The other renderings are made from this. */
export function displayParts(sentence: RenderableSentence, options: RenderOptions = {}): DisplayPart[] {
  const parts: readonly Part[] = isWritten(sentence) ? spokenParts(sentence, english) : sentence;
  const actors = parts.filter(isActor);
  const actor = actors[0] && entityOf(actors[0]);
  const readerActs = actors.length === 1 && sameEntity(actor!, options.viewer);
  return parts.map((part, index) => {
    const entity = entityOf(part);
    if (entity === undefined) {
      const { text, forActor } = part as TextPart | ShownPart;
      return { text: readerActs ? (forActor ?? text) : text };
    }
    const known = "url" in part ? part.url : undefined;
    const url = options.urlOf ? (options.urlOf(entity) ?? undefined) : known;
    const { forReader = english.options.you[placeOf(index, isActor(part), entity, actor)] } = part as
      EntityPart | ShownPart;
    const text = sameEntity(entity, options.viewer) ? forReader : nameOf(entity);
    return url !== undefined && isSafeUrl(url) ? { text, entity, url } : { text, entity };
  });
}

type Part = TextPart | EntityPart | ShownPart;

function isWritten(parts: RenderableSentence): parts is Sentence {
  return (parts as readonly (SentencePart | ShownPart)[]).some((part) => "kind" in part);
}

function entityOf(part: Part): EntityRef | undefined {
  return "entity" in part ? part.entity : undefined;
}

function isActor(part: Part): boolean {
  return "isActor" in part && part.isActor === true;
}

function nameOf({ type, id, label }: EntityRef): string {
  return label ?? `${type.replaceAll("_", " ")} ${id}`;
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

export function escapeHtml(text: string): string {
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
