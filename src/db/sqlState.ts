/** PostgreSQL's code of an error (`42501`), whichever driver threw it. Undefined for what the server did not say. */
export function sqlStateOf(error: unknown): string | undefined {
  // Some of the operating system's codes have five letters, too (ELOOP, EPERM, EPIPE): those errors name the system call.
  if (!(error instanceof Error && "code" in error) || "syscall" in error) return undefined;
  const code = String(error.code);
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
