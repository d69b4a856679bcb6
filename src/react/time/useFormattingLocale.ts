import { useTidings } from "../provider/useTidings.ts";
import { formattingLocale } from "./formattingLocale.ts";
import { useHydrated } from "./useZone.ts";

/** How times and numbers of a page are written for this reader. */
export function useFormattingLocale(ofPage: string | undefined): string | undefined {
  const { locale } = useTidings();
  const isHydrated = useHydrated();
  return formattingLocale(ofPage, locale, isHydrated ? navigator.language : undefined);
}
