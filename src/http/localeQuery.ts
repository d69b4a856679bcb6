import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Localized, Reading } from "../feed/localized.ts";

export const localeParameter = {
  locale: z.string().max(35).optional().openapi({
    description: "The reader's language: `de-AT` reads `de`. Default: what Accept-Language asks for.",
    example: "de",
  }),
};

/** Of a page: in which language it is written, and which way. */
export const localizedSchema = {
  locale: z.string().openapi({ description: "The language, as in `lang`.", example: "en" }),
  dir: z.enum(["ltr", "rtl"]).openapi({ description: "How it is written, as in `dir`." }),
};

/** A query with the languages that its reader wants: the parameter, or else the header. */
export function inLocale<Query extends { readonly locale?: string | undefined }>(
  c: Context,
  query: Query,
): Query & Reading {
  c.header("vary", "Accept-Language", { append: true });
  return { ...query, locale: query.locale ?? acceptedLanguages(c.req.header("accept-language")) };
}

export function tellLanguage(c: Context, { locale }: Localized): void {
  c.header("content-language", locale);
}

/** More than these nobody reads; a header of 16 KiB is not worth sorting. */
const MAX_LANGUAGES = 20;

/** `fr;q=0.5, de-AT` as `["de-AT", "fr"]`. */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? "")
    .split(",", MAX_LANGUAGES)
    .map((entry) => {
      const [tag = "", ...parameters] = entry.split(";").map((text) => text.trim());
      const quality = parameters.find((text) => /^q=/i.test(text))?.slice(2);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => tag !== "" && tag !== "*" && quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
}
