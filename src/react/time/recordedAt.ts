/** When an event was recorded: the first 48 bits of its id (UUIDv7), milliseconds since 1970 by the clock of the database. */
export function recordedAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
