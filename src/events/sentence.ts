import type { EntityRef } from "./entity.ts";

/** A piece of a sentence. Every rendering (text, HTML, React, Slack) is made from the same pieces. */
export type SentencePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "entity"; readonly entity: EntityRef; readonly isActor: boolean };

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

function partsOf(value: SentenceValue): SentencePart[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "string" || typeof value === "number") return [{ kind: "text", text: String(value) }];
  if (!isList(value)) return [entityPart(value)];
  if (value.every((item) => "kind" in item)) return [...(value as Sentence)];
  return enumerate(value as readonly EntityRef[]);
}

function isList(
  value: EntityRef | readonly EntityRef[] | Sentence,
): value is readonly EntityRef[] | Sentence {
  return Array.isArray(value);
}

function enumerate(entities: readonly EntityRef[]): SentencePart[] {
  return entities.flatMap((entity, index) => {
    if (index === 0) return [entityPart(entity)];
    const separator = index === entities.length - 1 ? " and " : ", ";
    return [{ kind: "text", text: separator } as const, entityPart(entity)];
  });
}

function entityPart(ref: EntityRef | SentenceActor): SentencePart {
  const { type, id, label } = ref;
  return { kind: "entity", entity: { type, id, label }, isActor: "isActor" in ref };
}

function joinTexts(parts: readonly SentencePart[]): Sentence {
  const joined: SentencePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === "text" && last?.kind === "text") {
      joined[joined.length - 1] = { kind: "text", text: last.text + part.text };
    } else if (part.kind !== "text" || part.text !== "") {
      joined.push(part);
    }
  }
  return joined;
}
