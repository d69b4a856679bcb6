import { TidingsError } from "../errors.ts";
import type { InnerContext } from "./context.ts";

/** Throws REPLAY_HAS_NO_EFFECTS inside a replay or a projection: called by everything that would make history. */
export function refuseEffects({ withoutEffects }: InnerContext, attempt: string): void {
  if (withoutEffects === undefined) return;
  throw new TidingsError("REPLAY_HAS_NO_EFFECTS", { detail: `${withoutEffects} called ${attempt}` });
}
