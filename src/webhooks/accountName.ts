import type { NamesOf } from "../events/filter.ts";

/** The names of a query that asks for no more than an account. */
export const accountName: NamesOf<{ account?: string }> = { account: true };
