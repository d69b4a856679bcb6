import { TidingsError } from "../errors.ts";
import { english } from "./english.ts";
import type { Language } from "./language.ts";

/** The languages in which an app's feeds can be read. */
export interface Languages {
  /** In which the definitions speak. */
  readonly own: Language;
  readonly all: readonly Language[];
  /**
   * The one that suits the reader: of the tags, the best first, the first that is known, itself (`de-AT`) or without its end
   * (`de`). Where none is, the app's own.
   */
  find(wanted: string | readonly string[] | undefined): Language;
}

/** Throws INVALID_DEFINITION when two languages have one tag. */
export function createLanguages(own: Language = english, others: readonly Language[] = []): Languages {
  const byTag = new Map<string, Language>();
  for (const language of [own, ...others]) {
    const key = language.tag.toLowerCase();
    if (byTag.has(key))
      throw new TidingsError("INVALID_DEFINITION", { detail: `language "${language.tag}" is given twice` });
    byTag.set(key, language);
  }
  return {
    own,
    all: [...byTag.values()],
    find: (wanted) => {
      for (const tag of [wanted ?? []].flat()) {
        for (let key = tag.toLowerCase(); key !== ""; key = key.slice(0, Math.max(key.lastIndexOf("-"), 0))) {
          const language = byTag.get(key);
          if (language) return language;
        }
      }
      return own;
    },
  };
}
