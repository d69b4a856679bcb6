import { isTidingsError } from "../errors.ts";
import { CliError } from "./cliError.ts";
import type { Call } from "./command.ts";
import { commonFields, draftFromLine, type GivenDraft } from "./givenDraft.ts";
import { inputLines } from "./inputLines.ts";
import { printable } from "./terminal.ts";

/** What became of one line. */
export type LineResult =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** As many as one call of `record` takes at once, with room for events of the largest size in one request. */
const AT_ONCE = 100;

/**
 * Reads drafts from stdin, one JSON object a line, and records them group by group, so that a file of any size takes
 * little memory and what was before a broken connection is known to be recorded. Resolves to the exit code.
 */
export async function recordLines<Draft>(
  call: Call,
  prepare: (given: GivenDraft) => Draft,
  recordAll: (drafts: readonly Draft[]) => Promise<LineResult[]>,
): Promise<number> {
  const defaults = withoutUndefined(commonFields(call));
  let line = 0;
  let recorded = 0;
  let refused = 0;
  let group: { line: number; read: { draft: Draft } | { refusal: LineResult } }[] = [];

  async function finishGroup(): Promise<void> {
    const drafts = group.flatMap((entry) => ("draft" in entry.read ? [entry.read.draft] : []));
    const results = (drafts.length > 0 ? await recordAll(drafts) : []).values();
    for (const entry of group) {
      const result = "refusal" in entry.read ? entry.read.refusal : results.next().value!;
      if (result.ok) recorded++;
      else refused++;
      print(entry.line, result);
    }
    group = [];
    call.terminal.progress(
      `${recorded.toLocaleString("en-US")} recorded, ${refused.toLocaleString("en-US")} refused …`,
    );
  }

  function print(at: number, result: LineResult): void {
    if (call.has("json")) call.terminal.print(JSON.stringify({ line: at, ...result }));
    else if (result.ok) call.terminal.print(`line ${at}: recorded ${result.id}`);
    else
      call.terminal.print(
        `line ${at}: ${call.terminal.paint("red", result.code)} ${printable(result.message)}`,
      );
  }

  if (call.terminal.isTyped) call.terminal.progress("one event a line, as JSON; Ctrl-D ends …");
  for await (const text of inputLines(call.terminal.input)) {
    line++;
    if (text.trim() === "") continue;
    group.push({ line, read: attempt(() => prepare(draftFromLine(text, defaults))) });
    if (group.length === AT_ONCE) await finishGroup();
  }
  await finishGroup();
  if (!call.has("json")) {
    call.terminal.note(
      `${recorded.toLocaleString("en-US")} recorded, ${refused.toLocaleString("en-US")} refused`,
    );
  }
  return refused === 0 ? 0 : 1;
}

/** A line that is refused leaves the others. */
function attempt<Draft>(read: () => Draft): { draft: Draft } | { refusal: LineResult } {
  try {
    return { draft: read() };
  } catch (error) {
    const code = isTidingsError(error)
      ? error.code
      : error instanceof CliError
        ? "INVALID_REQUEST"
        : undefined;
    if (code === undefined) throw error;
    return { refusal: { ok: false, code, message: (error as Error).message } };
  }
}

function withoutUndefined(fields: Partial<GivenDraft>): Partial<GivenDraft> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
