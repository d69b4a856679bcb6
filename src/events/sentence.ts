import type { EntityRef } from "./entity.ts";

/** A piece of a sentence. Every rendering (text, HTML, React, Slack) is made from the same pieces. */
export type SentencePart = TextPart | EntityPart | ListPart;

export interface TextPart {
  readonly kind: "text";
  readonly text: string;
  /** Instead of the text where the reader is the actor: "hast" for "hat". See `words.verb`. */
  readonly forActor?: string | undefined;
  /** Instead of the text where several are the actors: "haben" for "hat". */
  readonly forMany?: string | undefined;
}

export interface EntityPart {
  readonly kind: "entity";
  readonly entity: EntityRef;
  readonly isActor: boolean;
  /** What the reader is called here, where it is not what the language says elsewhere: "dir" for "dich". */
  readonly forReader?: string | undefined;
}

/** Two entities or more, joined as the language joins them when the sentence is shown. */
export interface ListPart {
  readonly kind: "list";
  readonly entities: readonly EntityPart[];
}

export type Sentence = readonly SentencePart[];

export type SentenceValue = string | number | EntityRef | readonly EntityRef[] | Sentence | null | undefined;

/** The actor as `e.actor` in a sentence: marked, so that it becomes "You" for the viewer who did it. */
export interface SentenceActor extends EntityRef {
  readonly isActor: true;
}

/**
 * Builds a sentence: ``sentence`${e.actor} moved ${e.subject} to ${e.refs.to}` ``. Takes entities, lists of them
 * ("a, b and c"), texts, numbers and other sentences; null and undefined leave nothing behind.
 */
export function sentence(texts: TemplateStringsArray, ...values: readonly SentenceValue[]): Sentence {
  const parts: SentencePart[] = [];
  texts.forEach((text, index) => {
    if (text !== "") parts.push({ kind: "text", text });
    if (index < values.length) parts.push(...partsOf(values[index]));
  });
  return joinTexts(parts);
}

function partsOf(value: SentenceValue): readonly SentencePart[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "string" || typeof value === "number") return [{ kind: "text", text: String(value) }];
  if (!isList(value)) return [entityPart(value)];
  if (value.every((item) => "kind" in item)) return value as Sentence;
  const entities = (value as readonly EntityRef[]).map(entityPart);
  return entities.length === 1 ? entities : [{ kind: "list", entities }];
}

function isList(
  value: EntityRef | readonly EntityRef[] | Sentence,
): value is readonly EntityRef[] | Sentence {
  return Array.isArray(value);
}

export function entityPart(ref: EntityRef | SentenceActor): EntityPart {
  const { type, id, label } = ref;
  return { kind: "entity", entity: { type, id, label }, isActor: "isActor" in ref };
}

/** With neighbouring texts as one, and without empty ones. */
export function joinTexts(parts: readonly SentencePart[]): Sentence {
  const joined: SentencePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (isPlain(part) && last !== undefined && isPlain(last)) {
      joined[joined.length - 1] = { kind: "text", text: last.text + part.text };
    } else if (part.kind !== "text" || part.text !== "") {
      joined.push(part);
    }
  }
  return joined;
}

/** Words that are the same for every reader. */
function isPlain(part: SentencePart): part is TextPart {
  return part.kind === "text" && part.forActor === undefined && part.forMany === undefined;
}
