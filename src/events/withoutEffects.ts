import { TidingsError } from "../errors.ts";
import type { InnerContext } from "./context.ts";

/**
 * Throws REPLAY_HAS_NO_EFFECTS inside a replay or a projection: called by everything that would make history. An action that runs
 * again takes note of what it asks for; what a timer of it asks for when it has ended would be recorded a second time.
 */
export function refuseEffects({ withoutEffects, act }: InnerContext, attempt: string): void {
  if (withoutEffects === undefined || act?.isOpen) return;
  throw new TidingsError("REPLAY_HAS_NO_EFFECTS", { detail: `${withoutEffects} called ${attempt}` });
}
