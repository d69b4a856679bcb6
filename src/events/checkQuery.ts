import { TidingsError } from "../errors.ts";

/** Milliseconds since 1970 of a moment that a caller gave, or null for none. Throws INVALID_FILTER. */
export function checkTime(field: string, moment: Date | undefined): number | null {
  if (moment === undefined) return null;
  const time = moment instanceof Date ? moment.getTime() : Number.NaN;
  if (time >= 0 && time < 2 ** 47) return time;
  return refuseField(field, "must be a valid Date from 1970 on");
}

/** A whole number within bounds. Throws INVALID_FILTER. */
export function checkWhole(field: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  return refuseField(
    field,
    `${value} must be a whole number from ${least} to ${most.toLocaleString("en-US")}`,
  );
}

/** Throws INVALID_FILTER. */
export function refuseField(field: string, what: string, cause?: unknown): never {
  throw new TidingsError("INVALID_FILTER", { detail: `${field} ${what}`, path: [field], cause });
}
