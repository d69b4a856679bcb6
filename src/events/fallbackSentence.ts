import type { EntityRef } from "./entity.ts";
import { sentence, type Sentence, type SentenceActor } from "./sentence.ts";

/** Where this process does not know the type or version, or the definition's sentence throws or is none. */
export function fallbackSentence(
  type: string,
  { actor, subject }: { readonly actor: SentenceActor; readonly subject: EntityRef },
): Sentence {
  const verb = type.slice(type.indexOf(".") + 1).replace(/[._]/g, " ");
  const kind = subject.label === null ? "" : `${subject.type.replaceAll("_", " ")} `;
  return sentence`${actor} ${verb} ${kind}${subject}`;
}
