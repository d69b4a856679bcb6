import type { SentenceEvent } from "../events/defineEvent.ts";
import { entityKey, type EntityRef } from "../events/entity.ts";
import type { Language } from "../events/language.ts";
import type { Sentence, SentencePart } from "../events/sentence.ts";
import { sentence } from "../events/sentence.ts";
import type { SentenceGroup } from "../events/sentenceGroup.ts";
import type { Wording } from "../events/wordings.ts";

/** How many a line names before "and 2 others". */
const NAMED = 3;

/** One sentence for events of one type, newest first. Throws what the wording throws. */
export function groupSentence(events: readonly SentenceEvent[], { language, ...way }: Wording): Sentence {
  const { words } = language;
  if (events.length > 1 && way.groupSentence)
    return way.groupSentence(sentenceGroup(events) as SentenceGroup<never>, words);
  const said = events.map((event) => way.sentence(event as SentenceEvent<never>, words));
  if (events.length === 1) return said[0]!;
  const merged = mergeSentences(said, language);
  if (merged === null) return language.options.more(said[0]!, events.length - 1, words);
  return merged.differ ? merged.sentence : language.options.times(merged.sentence, events.length, words);
}

export function sentenceGroup(events: readonly SentenceEvent[]): SentenceGroup {
  const [{ actor, subject, refs }] = events as readonly [SentenceEvent];
  return {
    count: events.length,
    actor,
    actors: distinct(events.map((event) => event.actor)),
    subject,
    subjects: distinct(events.map((event) => event.subject)),
    refs,
    events,
  };
}

/** Each entity once, in the order of the list. */
export function distinct<Ref extends EntityRef>(refs: readonly Ref[]): Ref[] {
  const seen = new Map<string, Ref>();
  for (const ref of refs) if (!seen.has(entityKey(ref))) seen.set(entityKey(ref), ref);
  return [...seen.values()];
}

/**
 * The sentences as one: where they name different entities, these become a list. Null where their words differ: what is
 * quoted or counted in one cannot stand for the others.
 */
function mergeSentences(
  said: readonly Sentence[],
  { words }: Language,
): { readonly sentence: Sentence; readonly differ: boolean } | null {
  const [first] = said as readonly [Sentence];
  if (said.some((parts) => parts.length !== first.length)) return null;
  const merged: SentencePart[] = [];
  let differ = false;
  let severalActors = false;
  for (const [index, part] of first.entries()) {
    const parts = said.map((each) => each[index]!);
    if (part.kind === "text") {
      if (parts.some((other) => other.kind !== "text" || other.text !== part.text)) return null;
      merged.push(part);
      continue;
    }
    if (parts.some(({ kind }) => kind === "text")) return null;
    const named = distinct(parts.flatMap(entitiesIn));
    const isSame = parts.every((other) => sameEntities(entitiesIn(other), entitiesIn(part)));
    differ ||= !isSame;
    severalActors ||= !isSame && "isActor" in named[0]!;
    merged.push(...(isSame ? [part] : words.list(named, NAMED)));
  }
  return { sentence: sentence`${severalActors ? merged.map(saidOfMany) : merged}`, differ };
}

function entitiesIn(part: SentencePart): EntityRef[] {
  if (part.kind === "text") return [];
  if (part.kind === "list") return part.entities.flatMap(entitiesIn);
  return [part.isActor ? ({ ...part.entity, isActor: true } as EntityRef) : part.entity];
}

/** "haben" for "hat". */
function saidOfMany(part: SentencePart): SentencePart {
  if (part.kind !== "text" || (part.forActor === undefined && part.forMany === undefined)) return part;
  return { kind: "text", text: part.forMany ?? part.text };
}

function sameEntities(some: readonly EntityRef[], others: readonly EntityRef[]): boolean {
  return (
    some.length === others.length && some.every((ref, index) => entityKey(ref) === entityKey(others[index]!))
  );
}
