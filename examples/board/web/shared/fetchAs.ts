import type { Fetch } from "tidings/react";

/**
 * Asks Tidings in the name of a person, because two windows of one browser can be two people here. An app with a session
 * leaves this out: the browser sends its cookie.
 */
export function fetchAs(personId: string): Fetch {
  return (url, init) => fetch(url, { ...init, headers: { ...init.headers, "x-person": personId } });
}
