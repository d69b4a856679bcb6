import { TidingsError } from "./errors.ts";

/**
 * Throws INVALID_OPTION unless every number is above 0: a loop without a pause, or a lease without a term, would not fail
 * but harm. `group` is where the options stand: `http`, or nothing.
 */
export function checkPositive(group: string, options: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "number" && value > 0) continue;
    const option = group === "" ? name : `${group}.${name}`;
    throw new TidingsError("INVALID_OPTION", {
      detail: `${option} ${String(value)} must be a number above 0`,
    });
  }
}
