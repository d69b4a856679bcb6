import type { z } from "@hono/zod-openapi";
import { TidingsError } from "../errors.ts";

/** What a schema found wrong, as one error: the first finding in its words, all of them in `errors`. */
export function invalidRequest(
  issues: readonly z.core.$ZodIssue[],
  { index }: { index?: number | undefined } = {},
): TidingsError {
  const errors = issues.map(
    (issue) => new TidingsError("INVALID_REQUEST", { detail: wordsOf(issue), path: pathOf(issue), index }),
  );
  const [first] = errors;
  return errors.length === 1
    ? first!
    : new TidingsError("INVALID_REQUEST", { detail: first?.detail, path: first?.path, index, errors });
}

function wordsOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  const where = path === "" ? "" : `${path}: `;
  if (issue.code !== "unrecognized_keys") return `${where}${issue.message}`;
  return `${where}unknown name ${issue.keys.map((key) => `"${key.slice(0, 50)}"`).join(", ")}`;
}

function pathOf(issue: z.core.$ZodIssue): (string | number)[] {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return [...issue.path, ...unknown].map(keyOf);
}

function keyOf(key: PropertyKey): string | number {
  return typeof key === "symbol" ? key.toString() : key;
}
