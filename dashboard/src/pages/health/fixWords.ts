export interface FixParts {
  readonly words: string | null;
  /** To be copied as it is. */
  readonly command: string | null;
}

/** What a line that can be run begins with: a shell's command, a call, or SQL. */
const COMMAND = /(?:^|: )((?:npx |tidings |await |select |alter |vacuum|reindex |create |drop |grant ).+)$/is;

/** A fix is words, a command, or words that end with one: only the command is worth copying. */
export function fixParts(fix: string): FixParts {
  const command = COMMAND.exec(fix)?.[1] ?? null;
  if (command === null) return { words: fix, command: null };
  const words = fix.slice(0, fix.length - command.length).replace(/:\s*$/, "");
  return { words: words === "" ? null : words, command };
}
