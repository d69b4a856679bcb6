const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for what may be the id of an event. Whoever writes one into SQL as a literal asks this first. */
export function isEventId(text: string): boolean {
  return UUID.test(text);
}

/** Milliseconds since 1970 at which the database made this id: the first 48 bits of a UUIDv7 (RFC 9562). */
export function recordedAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
