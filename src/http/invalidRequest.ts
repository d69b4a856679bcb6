import type { z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";

/** What a schema found wrong, as one error: the first finding in its words, all of them in `errors`. */
export function invalidRequest(
  issues: readonly z.core.$ZodIssue[],
  { index }: { index?: number | undefined } = {},
): TidingsError {
  const errors = issues
    .slice(0, MAX_FINDINGS)
    .map(
      (issue) => new TidingsError("INVALID_REQUEST", { detail: wordsOf(issue), path: pathOf(issue), index }),
    );
  const [first] = errors;
  return errors.length === 1
    ? first!
    : new TidingsError("INVALID_REQUEST", { detail: first?.detail, path: first?.path, index, errors });
}

/** Enough to mend a request by. A body of 1 MiB may have 90,000: told of each, a client got 13 MB for it (measured). */
const MAX_FINDINGS = 100;
const MAX_NAMES = 10;

function wordsOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  const where = path === "" ? "" : `${path}: `;
  if (issue.code !== "unrecognized_keys") return `${where}${issue.message}`;
  const names = issue.keys.slice(0, MAX_NAMES).map((key) => `"${key.slice(0, 50)}"`);
  const more = issue.keys.length > MAX_NAMES ? ` and ${issue.keys.length - MAX_NAMES} more` : "";
  return `${where}unknown name ${names.join(", ")}${more}`;
}

function pathOf(issue: z.core.$ZodIssue): (string | number)[] {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return [...issue.path, ...unknown].map(keyOf);
}

function keyOf(key: PropertyKey): string | number {
  return typeof key === "symbol" ? key.toString() : key;
}
