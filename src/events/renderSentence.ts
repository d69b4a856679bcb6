import type { EntityRef } from "./entity.ts";
import type { Sentence, SentencePart } from "./sentence.ts";

/** A part of a sentence ready for display: who reads it is decided, and where it leads. */
export interface DisplayPart {
  readonly text: string;
  /** The entity that the text names. Absent for plain words. */
  readonly entity?: EntityRef | undefined;
  /** Where the text leads. Absent for plain words and for entities that are gone or have no page. */
  readonly url?: string | undefined;
}

export interface RenderOptions {
  /** Who reads: their own deeds become "You", mentions of them "you" or "yourself". Default: nobody in particular. */
  viewer?: { readonly type: string; readonly id: string } | undefined;
  /** Where an entity is seen, or null when it is gone or has no page. Default: nothing is linked. */
  urlOf?: ((entity: EntityRef) => string | null) | undefined;
}

/** Decides each part's words for the reader. The other renderings are made from this. */
export function displayParts(sentence: Sentence, options: RenderOptions = {}): DisplayPart[] {
  const actor = sentence.find((part) => part.kind === "entity" && part.isActor);
  return sentence.map((part, index) => {
    if (part.kind === "text") return { text: part.text };
    const url = options.urlOf?.(part.entity) ?? undefined;
    return {
      text: wordsFor(part, index, actor, options.viewer),
      entity: part.entity,
      ...(url !== undefined && isSafeUrl(url) && { url }),
    };
  });
}

function wordsFor(
  part: SentencePart & { kind: "entity" },
  index: number,
  actor: SentencePart | undefined,
  viewer: RenderOptions["viewer"],
): string {
  const { type, id, label } = part.entity;
  if (viewer === undefined || viewer.type !== type || viewer.id !== id)
    return label ?? `${type.replaceAll("_", " ")} ${id}`;
  if (index === 0) return "You";
  const didItThemselves = actor?.kind === "entity" && actor.entity.type === type && actor.entity.id === id;
  return didItThemselves && !part.isActor ? "yourself" : "you";
}

export function renderText(sentence: Sentence, options: RenderOptions = {}): string {
  return displayParts(sentence, options)
    .map((part) => part.text)
    .join("");
}

/** HTML that is safe to insert: every label, word and address is escaped, and only http(s) and local links survive. */
export function renderHtml(sentence: Sentence, options: RenderOptions = {}): string {
  return displayParts(sentence, options)
    .map(({ text, url }) =>
      url === undefined ? escapeHtml(text) : `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`,
    )
    .join("");
}

/** Slack's mrkdwn. Local addresses are left out of links, because Slack cannot open them. */
export function renderSlack(sentence: Sentence, options: RenderOptions = {}): string {
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
