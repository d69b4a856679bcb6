import { useEffect } from "react";
import { goTo, usePlace } from "../shared/place.ts";

/**
 * Whom this window plays. It stands in the address, so two windows of one browser can be two people; the cookie
 * remembers the last choice for windows that are opened without one.
 */
export function usePerson(): [personId: string, become: (personId: string) => void] {
  const personId = usePlace().personId ?? cookiePerson() ?? "ann";
  useEffect(() => {
    document.cookie = `person=${encodeURIComponent(personId)}; path=/; max-age=31536000; samesite=strict`;
  }, [personId]);
  return [personId, (next) => goTo({ personId: next })];
}

function cookiePerson(): string | undefined {
  const value = /(?:^|; )person=([^;]*)/.exec(document.cookie)?.[1];
  return value === undefined ? undefined : decodeURIComponent(value);
}
