import { CliError } from "./cliError.ts";
import type { Call } from "./command.ts";

/** The one word of a command about a projection. Throws USAGE when it is missing. */
export function projectionName({ positionals: [name] }: Call): string {
  if (name !== undefined) return name;
  throw new CliError("USAGE", "NAME is missing: tidings projections lists them");
}
