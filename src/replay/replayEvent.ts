import type { Transaction } from "../db/database.ts";
import { isTidingsError, type TidingsError } from "../errors.ts";
import type { Registry } from "../events/registry.ts";
import type { JsonObject } from "../events/serializable.ts";
import { canUpcast } from "../events/upcast.ts";
import type { StoredAction } from "./actionRecord.ts";
import { emptyRecord } from "./actionSchema.ts";
import type { ApplyRoute } from "./applyRoute.ts";
import type { ReplayAction } from "./replayAction.ts";
import { failedAt } from "./replayFailure.ts";
import { childrenOf, type EventsById } from "./replayInside.ts";
import type { OpenTally } from "./replayTally.ts";
import type { CheckedTarget } from "./routes.ts";
import type { ScannedEvent } from "./scanActions.ts";
import type { Treatment } from "./treatment.ts";

export interface ReplayEventDependencies {
  readonly registry: Registry;
  readonly replayAction: ReplayAction;
  readonly applyRoute: ApplyRoute;
  readonly treatmentOf: (event: Pick<StoredAction, "type" | "version">) => Treatment;
  readonly strict: boolean;
}

export interface ReplayPlace {
  readonly tx: Transaction;
  readonly inside: EventsById;
  readonly tally: OpenTally;
}

/**
 * Replays one event as its treatment says, then those of its children that nobody has replayed: each replays exactly once, also where
 * a newer version of the parent performs something else. Throws, with `strict`, at the first that cannot be replayed.
 */
export async function replayEvent(
  dependencies: ReplayEventDependencies,
  event: ScannedEvent,
  place: ReplayPlace,
): Promise<void> {
  const { position } = event;
  const done = new Set<string>();
  const visit = async (one: StoredAction): Promise<void> => {
    await replayOne(dependencies, { ...one, position }, place, done);
    for (const child of childrenOf(one, place.inside)) if (!done.has(child.id)) await visit(child);
  };
  await visit(event);
}

async function replayOne(
  dependencies: ReplayEventDependencies,
  event: ScannedEvent,
  place: ReplayPlace,
  done: Set<string>,
): Promise<void> {
  const { treatmentOf, strict } = dependencies;
  const { tally } = place;
  const treatment = treatmentOf(event);
  done.add(event.id);
  if (treatment.by === "unknown") {
    if (strict) throw failedAt(event, treatment.code, treatment.detail);
    tally.setAside(event, treatment.code, treatment.detail);
    return;
  }
  tally.count(event, treatment.by, treatment.detail);
  if (treatment.by === "ignored") return;
  try {
    for (const target of treatment.targets) {
      for (const child of await reach(dependencies, target, event, place)) {
        // Performed by the parent's run: by the definition that it names, whatever the routes say.
        done.add(child.id);
        tally.count(child, "action", null);
      }
    }
  } catch (error) {
    throw failureOf(event, error);
  }
}

/** Returns the actions that were replayed inside. */
async function reach(
  { registry, replayAction, applyRoute }: ReplayEventDependencies,
  target: CheckedTarget,
  event: ScannedEvent,
  { tx, inside }: ReplayPlace,
): Promise<readonly StoredAction[]> {
  if (target.action) {
    const { action, input } = target;
    if (event.kind === null)
      return replayAction(action, asAction(event), {
        tx,
        inside,
        input: (stored) => input?.(stored, event) ?? stored,
      });
    const readsIt =
      registry.find(event.type) === action && canUpcast(action.upcasters, event.version, action.version);
    const asStored = readsIt ? undefined : (stored: JsonObject) => stored;
    return replayAction(action, event, { tx, inside, input: input ?? asStored });
  }
  await applyRoute(target.apply, event, tx);
  return [];
}

/** An event that is no action, as if its data had been an action's input. */
function asAction(event: ScannedEvent): ScannedEvent {
  return { ...event, data: emptyRecord(event.data) as JsonObject };
}

/** What these say already is more than that an event failed. */
const SPEAKING = ["ERASED", "REPLAY_HAS_NO_EFFECTS"] as const;

function failureOf(event: ScannedEvent, error: unknown): TidingsError {
  const code = SPEAKING.find((speaking) => isTidingsError(error, speaking));
  if (code !== undefined) return failedAt(event, code, (error as TidingsError).detail ?? "", error);
  return failedAt(event, "REPLAY_FAILED", error instanceof Error ? error.message : String(error), error);
}
