import type { UnknownEvent } from "./language.ts";
import { sentence, type Sentence } from "./sentence.ts";

/** Where this process does not know the type or version, or the definition's sentence throws or is none. */
export function fallbackSentence({ type, isAction, actor, subject }: UnknownEvent): Sentence {
  const kind = subject.label === null ? "" : `${subject.type.replaceAll("_", " ")} `;
  // "Ann move card Login" would be read as a mistake.
  if (isAction) return sentence`${actor} performed ${type} on ${kind}${subject}`;
  const verb = type.slice(type.indexOf(".") + 1).replace(/[._]/g, " ");
  return sentence`${actor} ${verb} ${kind}${subject}`;
}
