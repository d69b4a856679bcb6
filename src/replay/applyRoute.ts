import type { Transaction } from "../db/database.ts";
import type { ContextStore } from "../events/context.ts";
import { positionedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import type { JsonObject } from "../events/serializable.ts";
import { unreadableError } from "../log/problems.ts";
import type { Sealing } from "../sealing.ts";
import { storedAlone } from "./actionRecord.ts";
import { hideSecrets } from "./hideSecrets.ts";
import type { CheckedApply } from "./routes.ts";
import type { ScannedEvent } from "./scanActions.ts";
import { openData, sealedValues } from "./sensitive.ts";

export interface ApplyRouteDependencies {
  readonly registry: Registry;
  readonly contexts: ContextStore;
  readonly sealing: Sealing | null;
}

/** Hands an event to the function that a route leads to. */
export type ApplyRoute = (apply: CheckedApply, event: ScannedEvent, tx: Transaction) => Promise<void>;

/**
 * The function gets what an action that is replayed gets: the event in its present form, with what is sensitive. Throws ERASED where
 * no key opens that, UPCAST_FAILED, and what the function throws, without secrets in its message.
 */
export function createApplyRoute({ registry, contexts, sealing }: ApplyRouteDependencies): ApplyRoute {
  return async (apply, event, tx) => {
    const opened =
      event.sealed === null ? event : { ...event, data: openData(event, sealing) as unknown as JsonObject };
    const present = positionedEvent({ ...storedAlone(opened), position: event.position }, registry);
    // A type or version that nobody defines is what such routes are for; half of an upcast is for nobody.
    if (present.problem === "upcast_failed") {
      throw hideSecrets(unreadableError(present), sealedValues(event, sealing));
    }
    const calling = { account: event.account, withoutEffects: `The route of "${event.type}"` };
    try {
      await contexts.run(calling, async () => apply(present, { tx: tx.handle }));
    } catch (error) {
      throw hideSecrets(error, sealedValues(event, sealing));
    }
  };
}
