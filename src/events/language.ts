import { TidingsError } from "../errors.ts";
import type { EventDefinition, EventShape, SentenceEvent } from "./defineEvent.ts";
import { readingDirection, type Direction } from "./readingDirection.ts";
import type { Sentence } from "./sentence.ts";
import type { SentenceGroup } from "./sentenceGroup.ts";
import { createWords, type Words } from "./words.ts";

/** What the reader is called in a sentence about them. */
export interface ReaderWords {
  /** Where the sentence begins with them: "You". */
  readonly first: string;
  /** As the actor, further on: "… was moved by you". */
  readonly actor: string;
  /** As anything else: "Ann assigned you to …". */
  readonly other: string;
  /** As what they themselves did something to: "yourself". */
  readonly self: string;
}

/** What a language says by itself, beside the sentences of events. */
export interface LanguageOptions {
  you: ReaderWords;
  /** Those whom a list does not name: "2 others". */
  others: (count: number, words: Words) => string;
  /** The same, done again: "Ann opened Fix the login 5 times". */
  times: (said: Sentence, count: number, words: Words) => Sentence;
  /** The newest of several that cannot be told in one: "Ann renamed A to B, and 4 more". */
  more: (said: Sentence, count: number, words: Words) => Sentence;
  /** The words around the lines of an HTML feed. */
  labels: LanguageLabels;
  /** What is said of a type that this process does not know, or whose sentence throws. Default: in English. */
  fallback?: ((event: UnknownEvent, words: Words) => Sentence) | undefined;
  /** What events say: `[translate(cardMoved, (e, words) => …), …]`. A type without one speaks as its definition does. */
  sentences?: readonly Translation[] | undefined;
  /** Joins lists and writes numbers and dates as this locale does. Default: the language's own. */
  formats?: string | undefined;
}

export interface LanguageLabels {
  /** The name of the feed: "Activity". */
  readonly feed: string;
  /** The link to the next page: "Older". */
  readonly older: string;
  /** Before a line that was not read yet: "Unread". */
  readonly unread: string;
  /** The link to the events of a group: "5 events". */
  readonly events: (count: number, words: Words) => string;
}

/** What is known of an event whose definition cannot say it. */
export type UnknownEvent = Pick<SentenceEvent, "actor" | "subject"> & {
  readonly type: string;
  /** Whether it is an action, which says what is to be done: `card.move`. */
  readonly isAction: boolean;
};

/** The sentences of one event type in one language. */
export interface Translation {
  readonly type: string;
  readonly sentence: (event: SentenceEvent<never>, words: Words) => Sentence;
  readonly groupSentence: ((group: SentenceGroup<never>, words: Words) => Sentence) | undefined;
}

/** A language in which feeds can be read. */
export interface Language {
  /** BCP 47: `de`, `pt-BR`. */
  readonly tag: string;
  readonly dir: Direction;
  readonly words: Words;
  readonly options: LanguageOptions;
  readonly translations: ReadonlyMap<string, Translation>;
}

/**
 * A language for `createTidings({ languages })`. Readers whose language is more particular get it, too: `de-AT` reads `de`.
 * Throws INVALID_DEFINITION for a tag that is none, and for two translations of one type.
 */
export function defineLanguage(tag: string, options: LanguageOptions): Language {
  const translations = new Map<string, Translation>();
  for (const translation of options.sentences ?? []) {
    if (translations.has(translation.type)) invalid(tag, `two translations of ${translation.type}`);
    translations.set(translation.type, translation);
  }
  const { formats, others } = options;
  try {
    const locale = new Intl.Locale(tag).toString();
    const words = createWords({ locale, formats, others });
    return { tag: locale, dir: readingDirection(locale), words, options, translations };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return invalid(tag, "the tag and formats must be language tags such as de or pt-BR", cause);
  }
}

/** The sentences of a type in another language, typed by its definition. Groups without one of their own are told by rule. */
export function translate<Shape extends EventShape>(
  definition: EventDefinition<Shape>,
  sentence: (event: SentenceEvent<Shape>, words: Words) => Sentence,
  groupSentence?: (group: SentenceGroup<Shape>, words: Words) => Sentence,
): Translation {
  return { type: definition.type, sentence, groupSentence };
}

function invalid(tag: string, detail: string, cause?: unknown): never {
  throw new TidingsError("INVALID_DEFINITION", { detail: `language "${tag}": ${detail}`, cause });
}
