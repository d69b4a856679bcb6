import { quoteIdentifier } from "../db/schema.ts";
import { TidingsError } from "../errors.ts";

const PART = String.raw`"(?:[^"]|"")+"|[^".]+`;
const NAME = new RegExp(`^(?:(?<schema>${PART})\\.)?(?<table>${PART})$`);

/**
 * A table's name as SQL may hold it. `users`, `Order Items` and `billing.invoices` are taken as they are, without folding
 * to lower case; only a name that holds a dot or a quote has to come in quotes: `"v1.users"`. Throws INVALID_OPTION.
 */
export function quoteTableName(name: string): string {
  const { schema, table } = (name.includes("\0") ? null : NAME.exec(name))?.groups ?? {};
  if (table === undefined) {
    throw new TidingsError("INVALID_OPTION", {
      detail: `"${name}" is not the name of a table: users, billing.invoices, or in quotes if it holds a dot`,
    });
  }
  return [schema, table].flatMap((part) => (part === undefined ? [] : quotePart(part))).join(".");
}

function quotePart(part: string): string {
  return part.startsWith('"') ? part : quoteIdentifier(part);
}
