import { TidingsError } from "../errors.ts";
import { sqlStateOf } from "./sqlState.ts";

const IN_FAILED_SQL_TRANSACTION = "25P02";

/**
 * Passes `error` on, except that a statement refused because an earlier one failed says so. Asking the handle first is
 * not enough: pg learns a transaction's state one message after the error, and PGlite's handles never tell it.
 */
export function explainFailure(error: unknown): unknown {
  if (sqlStateOf(error) !== IN_FAILED_SQL_TRANSACTION) return error;
  return new TidingsError("TRANSACTION_REQUIRED", {
    detail: "An earlier statement of this transaction failed",
    cause: error,
  });
}
