import { parseEntityKey } from "../events/entity.ts";
import { CliError } from "./cliError.ts";

/** `card:1`, checked: a misspelt one would only find nothing. Throws USAGE. */
export function entityKey(option: string, written: string): string {
  if (parseEntityKey(written)?.id) return written;
  throw new CliError("USAGE", `${option} must be an entity, type:id, such as card:1; not "${written}"`);
}
