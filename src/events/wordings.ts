import type { AnyEventDefinition, SentenceEvent } from "./defineEvent.ts";
import { english } from "./english.ts";
import type { Language, Translation } from "./language.ts";
import type { Sentence } from "./sentence.ts";
import type { Words } from "./words.ts";

/** One way to say an event: in which language, and how. */
export interface Wording extends Pick<Translation, "sentence" | "groupSentence"> {
  readonly language: Language;
}

type Definition = Pick<AnyEventDefinition, "~tidings" | "sentence" | "groupSentence">;

/**
 * The ways to say events of a type, the best first: the translation; what the definition says, in the app's `own` language;
 * and the fallback, which never fails.
 */
export function wordings(
  type: string,
  definition: Definition | undefined,
  language: Language,
  own: Language,
): Wording[] {
  const translation = definition && language.translations.get(type);
  const ownSpeaker = own.options.fallback ? own : english;
  const isAction = definition?.["~tidings"] === "action";
  const speaker = language.options.fallback ? language : ownSpeaker;
  return [
    ...(translation
      ? [{ sentence: translation.sentence, groupSentence: translation.groupSentence, language }]
      : []),
    ...(definition?.sentence || definition?.groupSentence
      ? [
          {
            sentence: definition.sentence ?? plainly(type, isAction, ownSpeaker),
            groupSentence: definition.groupSentence,
            language: own,
          },
        ]
      : []),
    { sentence: plainly(type, isAction, speaker), groupSentence: undefined, language: speaker },
  ];
}

/**
 * What the first way gives that does not throw: an event may hold less than today's sentence expects, and one bad line must
 * not take the page with it.
 */
export function sayFirst<Said>(ways: readonly Wording[], say: (way: Wording) => Said): Said {
  for (const way of ways.slice(0, -1)) {
    try {
      return say(way);
    } catch {
      continue;
    }
  }
  return say(ways.at(-1)!);
}

function plainly(
  type: string,
  isAction: boolean,
  { options }: Language,
): (event: SentenceEvent<never>, words: Words) => Sentence {
  return ({ actor, subject }, words) => options.fallback!({ type, isAction, actor, subject }, words);
}
