/** PostgreSQL's code of an error (`42501`), whichever driver threw it. Undefined for what the server did not say. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error && "code" in error)) return undefined;
  const code = String(error.code);
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
