import { isTidingsError, TidingsError } from "../errors.ts";

/** Throws what is wrong with the events of a call: one error as it is, several as BATCH_INVALID. None: returns. */
export function refuseEvents(errors: readonly TidingsError[], events: number): void {
  if (errors.length === 1) throw errors[0]!;
  if (errors.length === 0) return;
  throw new TidingsError("BATCH_INVALID", {
    detail: `${errors.length} of ${events} events: ${errors[0]!.message}`,
    errors,
  });
}

/** The other way round: the events of a call that an error names. Empty where it concerns all of them. */
export function refusedEvents(error: unknown): (TidingsError & { readonly index: number })[] {
  if (!isTidingsError(error)) return [];
  return (error.errors ?? [error]).filter(
    (each): each is TidingsError & { readonly index: number } => each.index !== undefined,
  );
}
