import { TidingsError } from "../errors.ts";
import { nearest } from "./nearest.ts";

/** For a type that a person typed: names the one that was probably meant. */
export function unknownType(typed: string, types: readonly string[]): TidingsError {
  const meant = nearest(typed, types);
  return new TidingsError("UNKNOWN_TYPE", {
    detail: `"${typed}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`,
    path: ["type"],
  });
}
