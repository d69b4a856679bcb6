import type { EntityRef } from "./entity.ts";
import { entityPart, type EntityPart, type Sentence, type TextPart } from "./sentence.ts";

/** The forms of a phrase that counts; `#` stands for the number. `other` serves where a form is missing. */
export type PluralForms = { readonly [Form in Intl.LDMLPluralRule]?: string | undefined } & {
  readonly other: string;
};

/** What sentences in one language are made with: the second argument of every function that writes one. */
export interface Words {
  /** The language, as in `lang="de"`. */
  readonly locale: string;
  /** ``words.plural(3, { one: "# card", other: "# cards" })`` is "3 cards", by the language's own plural rules. */
  plural(count: number, forms: PluralForms): string;
  number(value: number, options?: Intl.NumberFormatOptions): string;
  /** A day, in UTC and written out unless the options say otherwise: "5 May 2026". Takes ISO text, too. */
  date(value: Date | string, options?: Intl.DateTimeFormatOptions): string;
  /** "Ann, Ben and Cleo"; beyond the first `named` (default: all) "Ann, Ben, Cleo and 2 others". */
  list(entities: readonly EntityRef[], named?: number): Sentence;
  /** The parts of a sentence, joined as a list. */
  join(parts: readonly (EntityPart | TextPart)[]): Sentence;
  /**
   * A word that agrees with the actor: `words.verb({ you: "hast", one: "hat", many: "haben" })`. `you` is for the reader who
   * did it, `many` (default: as `one`) where a group has several actors.
   */
  verb(forms: { you: string; one: string; many?: string | undefined }): Sentence;
  /** An entity, and what the reader is called in its place: `words.reader(e.refs.assignee, "dir")`. */
  reader(entity: EntityRef, word: string): Sentence;
}

export interface WordsSource {
  readonly locale: string;
  /** Whose way to join lists and write dates it is, where that is not the locale itself. */
  readonly formats?: string | undefined;
  /** "2 others". */
  readonly others: (count: number, words: Words) => string;
}

export function createWords({ locale, formats = locale, others }: WordsSource): Words {
  const plurals = new Intl.PluralRules(locale);
  const lists = new Intl.ListFormat(formats);
  // Making a formatter takes longer than formatting.
  const number = cached((options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(formats, options));
  const date = cached((options: Intl.DateTimeFormatOptions = { dateStyle: "long" }) => {
    return new Intl.DateTimeFormat(formats, { timeZone: "UTC", ...options });
  });
  const words: Words = {
    locale,
    plural: (count, forms) =>
      (forms[plurals.select(count)] ?? forms.other).replaceAll("#", number().format(count)),
    number: (value, options) => number(options).format(value),
    date: (value, options) => date(options).format(new Date(value)),
    list: (entities, named = entities.length) => {
      const shown: (EntityPart | TextPart)[] = entities.slice(0, named).map(entityPart);
      const rest = entities.length - shown.length;
      if (rest > 0) shown.push({ kind: "text", text: others(rest, words) });
      return words.join(shown);
    },
    join: (parts) =>
      lists
        .formatToParts(parts.map((_, index) => String(index)))
        .map(({ type, value }) =>
          type === "element" ? parts[Number(value)]! : { kind: "text", text: value },
        ),
    verb: ({ you, one, many }) => [
      { kind: "text", text: one, forActor: you, ...(many !== undefined && { forMany: many }) },
    ],
    reader: (entity, word) => [{ ...entityPart(entity), forReader: word }],
  };
  return words;
}

/** Options are mostly those in the code; time zones are the readers', some 400 and any case. */
const MAX_FORMATTERS = 500;

function cached<Options extends object, Formatter>(make: (options?: Options) => Formatter) {
  const made = new Map<string, Formatter>();
  return (options?: Options): Formatter => {
    const key = JSON.stringify(options ?? null);
    const formatter = made.get(key) ?? make(options);
    if (made.size >= MAX_FORMATTERS) made.clear();
    made.set(key, formatter);
    return formatter;
  };
}
