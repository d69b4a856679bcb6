import type { Lane, SentenceEvent, Severity } from "../events/defineEvent.ts";
import type { EntityRef, LoadedEntity } from "../events/entity.ts";
import type { Language } from "../events/language.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { displayParts, isSafeUrl, type ShownPart } from "../events/renderSentence.ts";
import type { Sentence } from "../events/sentence.ts";
import { spokenParts } from "../events/spokenParts.ts";
import { sayFirst, wordings } from "../events/wordings.ts";

/** An entity as a feed shows it: with its present title, and whether it still exists. */
export interface FeedEntity extends EntityRef {
  /** Where it is seen, or null. */
  readonly url: string | null;
  /** True when `load` answered without it. */
  readonly deleted: boolean;
}

/** A piece of an item's sentence. Show `text`; link it where there is a `url`. */
export type FeedSentencePart = ShownPart;

/** One line of a feed, ready to show. */
export interface FeedItem {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly category: string;
  readonly lane: Lane;
  readonly severity: Severity;
  readonly actor: FeedEntity;
  readonly onBehalfOf: FeedEntity | null;
  readonly subject: FeedEntity;
  readonly occurredAt: Date;
  /** A Lucide icon name. */
  readonly icon: string;
  /** Where "View" leads, or null. */
  readonly url: string | null;
  /** True when "View" leads somewhere: there is a url and the subject still exists. */
  readonly actionable: boolean;
  /** For nobody in particular: `renderText(item.sentence, { viewer })` says "You". */
  readonly sentence: readonly FeedSentencePart[];
  /** The sentence as plain text. */
  readonly text: string;
  /** Whether the query's `reader` has yet to read it; absent without one. */
  readonly unread?: boolean | undefined;
  /** Whether it is new since that reader's last visit. */
  readonly unseen?: boolean | undefined;
}

/** What the app says of entities now. Undefined: not asked. Null: deleted. `unknown`: their `load` failed. */
export interface PresentEntities {
  find(account: string, ref: EntityRef): LoadedEntity | null | undefined | "unknown";
}

const DEFAULT_ICON = "activity";

export function feedItem(
  event: RecordedEvent,
  registry: Registry,
  present: PresentEntities,
  language: Language,
): FeedItem {
  const definition = registry.find(event.type);
  const show = (ref: EntityRef) => feedEntity(event.account, ref, registry, present);
  const shown = withPresentLabels(event, show);
  const subject = show(event.subject);
  const url =
    definition?.url && event.problem === null
      ? safe(attempt(() => definition.url!(shown as SentenceEvent<never>)))
      : subject.url;
  const known = event.problem === null ? definition : undefined;
  const parts = sayFirst(wordings(event.type, known, language, registry.languages.own), (way) =>
    showSentence(way.sentence(shown as SentenceEvent<never>, way.language.words), way.language, show),
  );
  return {
    id: event.id,
    type: event.type,
    version: event.version,
    category: event.type.split(".")[0]!,
    lane: event.lane,
    severity: event.severity,
    actor: show(event.actor),
    onBehalfOf: event.onBehalfOf && show(event.onBehalfOf),
    subject,
    occurredAt: event.occurredAt,
    icon: definition?.icon ?? registry.entities.get(event.subject.type)?.options.icon ?? DEFAULT_ICON,
    url: subject.deleted ? null : url,
    actionable: !subject.deleted && url !== null,
    sentence: parts,
    text: parts.map((part) => part.text).join(""),
  };
}

/** An entity with what the app says of it now, where it says anything, and else as it was recorded. */
export function feedEntity(
  account: string,
  ref: EntityRef,
  registry: Registry,
  present: PresentEntities,
): FeedEntity {
  const now = present.find(account, ref);
  // It may be gone, which nobody can say: a link could lead nowhere, and `deleted` could be wrong.
  if (now === "unknown") return { type: ref.type, id: ref.id, label: ref.label, url: null, deleted: false };
  const urlOf = registry.entities.get(ref.type)?.options.url;
  const url = now === null ? null : safe(now?.url ?? (urlOf && attempt(() => urlOf(ref.id, ref))));
  return { type: ref.type, id: ref.id, label: now?.label ?? ref.label, url, deleted: now === null };
}

/** The event as sentences see it, with the present names. */
export function withPresentLabels(event: RecordedEvent, show: (ref: EntityRef) => FeedEntity): SentenceEvent {
  const { type, id, label } = relabel(event.actor, show);
  const refs = Object.entries(event.refs as Record<string, EntityRef | readonly EntityRef[] | null>).map(
    ([role, value]) => {
      if (value === null) return [role, null];
      return [role, "type" in value ? relabel(value, show) : value.map((ref) => relabel(ref, show))];
    },
  );
  return {
    actor: { type, id, label, isActor: true },
    onBehalfOf: event.onBehalfOf && relabel(event.onBehalfOf, show),
    subject: relabel(event.subject, show),
    refs: Object.fromEntries(refs) as object,
    data: event.data,
    severity: event.severity,
    occurredAt: event.occurredAt,
  };
}

function relabel(ref: EntityRef, show: (ref: EntityRef) => FeedEntity): EntityRef {
  return { type: ref.type, id: ref.id, label: show(ref).label };
}

/** For nobody in particular, with what the parts become for their reader. Throws what cannot be shown. */
export function showSentence(
  written: Sentence,
  language: Language,
  show: (ref: EntityRef) => FeedEntity,
): FeedSentencePart[] {
  const spoken = spokenParts(written, language);
  return displayParts(spoken, { urlOf: (ref) => show(ref).url }).map((part: Unfinished, index) => {
    const said = spoken[index]!;
    if (said.kind === "text") {
      if (said.forActor !== undefined) part.forActor = said.forActor;
    } else {
      if (said.isActor) part.isActor = true;
      if (said.forReader !== undefined) part.forReader = said.forReader;
    }
    return part;
  });
}

/** A part that was just made: added to, not copied, which is slow (see `recordedEvent`). */
type Unfinished = { -readonly [Key in keyof FeedSentencePart]: FeedSentencePart[Key] };

/** An address may be made from what users typed: a `javascript:` one leads nowhere. */
function safe(url: string | null | undefined): string | null {
  return typeof url === "string" && isSafeUrl(url) ? url : null;
}

/** One event whose sentence or url throws, or cannot be shown, must not take the page with it. */
function attempt<Result>(make: () => Result): Result | null {
  try {
    return make();
  } catch {
    return null;
  }
}
